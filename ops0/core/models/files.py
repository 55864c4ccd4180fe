"""A model as files, and where it comes from: a live value, or what a run in containers gave. Host only."""

from __future__ import annotations

import json
import platform
import secrets
import shutil
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ops0.core.values.bounds import MANIFEST_NAME
from ops0.core.values.manifest import read_manifest
from ops0.core.values.store import save_value


def written(model: Any, name: str, folder: Path) -> dict[str, Any]:
    """Write a model's files into a folder; gives all of its manifest but the version. Raises ValueFault, InputFault."""
    value, lineage = _written(model, folder)
    saved = datetime.now(timezone.utc).isoformat(timespec="seconds")
    head = {"v": 1, "nonce": secrets.token_hex(16), "value": value}
    return {**head, "name": name, "saved": saved, "lineage": lineage}


def _written(model: Any, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    kept = _kept_result(model)
    if kept is None:
        value = save_value(model, str(folder))
        return value, {"python": platform.python_version()}
    manifest = read_manifest(str(kept))
    for path in sorted(kept.rglob("*")):
        inside = folder / path.relative_to(kept)
        if path.is_dir():
            inside.mkdir()
        elif path.name != MANIFEST_NAME or path.parent != kept:
            shutil.copyfile(path, inside, follow_symlinks=False)
    lineage = {name: manifest[name] for name in ("run", "call", "attempt", "python")}
    return manifest["value"], {
        **lineage,
        **_of_the_run(kept.parent.parent / "events.jsonl", manifest),
    }


def _kept_result(model: Any) -> Path | None:
    """The folder of what a run in containers gave, which stays in its files; None for a live value."""
    kind = type(model)
    if (kind.__module__, kind.__name__) != ("ops0.runtime.outputs.results", "Stored"):
        return None
    path = Path(model.path)  # of one that is a file, that file: somewhere below its manifest
    return next((one for one in (path, *path.parents) if (one / MANIFEST_NAME).is_file()), path)


def _of_the_run(log: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What the run's log says of the call: its image, and the digests of what it was given."""
    call, image, inputs = manifest["call"], None, {}
    digests: dict[str, str] = {}
    for line in log.read_bytes().splitlines():
        event = json.loads(line)
        data = event["data"]
        if event["event"] == "run.started":
            image = next((one["image"] for one in data["calls"] if one["call"] == call), None)
        elif event["event"] == "attempt.done":
            digests[event["call"]] = data["manifest"]
        elif event["event"] == "attempt.go" and event["call"] == call:
            inputs = {producer: digests.get(producer) for producer in data["inputs"]}
    return {"image": image, "inputs": inputs}
