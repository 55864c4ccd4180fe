"""Models kept on this machine: versions that never change, aliases that move. Host only. On a server: mlflowstore.

::

    <state>/models/<name>/<version>/manifest.json   beside the value's files; also nonce, name, version, saved, lineage
                          aliases/<alias>           the number of a version

A version is made aside and renamed, so it is there whole or not at all, and two savers get two numbers.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ops0.core.errors import Ops0Error, RunError, raise_together
from ops0.core.folders import state_dir
from ops0.core.model import SERVER
from ops0.core.pipeline import StepName
from ops0.core.values.files import sync_folder
from ops0.core.values.manifest import read_manifest, write_manifest
from ops0.core.values.store import load_value, save_value

MANIFEST = "manifest.json"


class NoModel(RunError):
    """No model of that name, version or alias is kept here."""

    exit_code = 56

    def __init__(
        self, reference: str, known: tuple[str, ...], place: str = "on this machine"
    ) -> None:
        kept = f"kept are: {', '.join(known)}; " if known else ""
        super().__init__(
            f"model '{reference}': none is kept {place}",
            f"{kept}ops0.model.save(model, {reference.partition('@')[0]!r}) keeps one; "
            "an image that holds it needs none: @ops0.model.load(..., bake=True)",
        )
        self.reference, self.known = reference, known


class ModelDamaged(RunError):
    """A kept model that an image shall hold is not what was saved."""

    exit_code = 56

    def __init__(self, name: str, version: int, fact: str) -> None:
        super().__init__(
            f"model '{name}@{version}': {fact}",
            f"save it again: ops0.model.save(model, {name!r}); the damaged version is left as it is",
        )
        self.name, self.version = name, version


@dataclass(frozen=True, kw_only=True)
class ModelVersion:
    """One version. ``digest``: sha256 of its manifest, which names each file with its own;  saved: UTC, ISO 8601.

    lineage: of a container's result ``run``, ``call``, ``attempt``, ``image`` and ``inputs`` (producer -> digest of its
             manifest); of a live value ``python``, the version that pickled it
    """

    name: str
    version: int
    digest: str
    nonce: str
    type: str
    size: int
    saved: str
    lineage: Mapping[str, Any]
    folder: Path


def save_model(model: Any, name: str, alias: str | None = None) -> ModelVersion:
    """Keep a value, or a container's kept result, as the next version.

    raises: ValueFault, InputFault, OSError; StorageFault from a server
    """
    if name.startswith(SERVER):
        from ops0.core.mlflowstore import save_to_server  # noqa: PLC0415 - needs ops0[mlflow]

        return save_to_server(model, name, alias)
    home = _home(name)
    home.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".saving.", dir=home))
    aside.chmod(0o755)
    try:
        version = _publish(aside, home, written(model, name, aside))
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    if alias is not None:
        _point(home, alias, version)
    return find_model(f"{name}@{version}")


def find_model(reference: str) -> ModelVersion:
    """``name``, ``name@3`` or ``name@alias``, fetched first where a server keeps it.

    raises: NoModel, InputFault where its manifest is broken; StorageFault from a server
    """
    if reference.startswith(SERVER):
        from ops0.core.mlflowstore import fetch_from_server  # noqa: PLC0415 - needs ops0[mlflow]

        return fetch_from_server(reference)
    name, _, wanted = reference.partition("@")
    home = _home(name)
    versions = _versions(home)
    if not wanted:
        number = max(versions, default=0)
    elif wanted.isdigit():
        number = int(wanted)
    else:
        number = _aliased(home, wanted)
    if number not in versions:
        raise NoModel(reference, known_models())
    return version_in(home / str(number), name, number)


def find_models(references: Mapping[StepName, str]) -> Mapping[StepName, ModelVersion]:
    """The version that each step's reference means now. Raises NoModel, all together; what ``find_model`` raises."""
    found: dict[StepName, ModelVersion] = {}
    faults: list[Ops0Error] = []
    for step, reference in references.items():
        try:
            found[step] = find_model(reference)
        except NoModel as fault:  # noqa: PERF203 - all are told together
            faults.append(fault)
    raise_together(faults)
    return found


def version_in(folder: Path, name: str, number: int) -> ModelVersion:
    """What a version's folder says of itself. Raises InputFault."""
    manifest = read_manifest(str(folder))
    return ModelVersion(
        name=name,
        version=number,
        nonce=str(manifest["nonce"]),
        digest=hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest(),
        type=str(manifest["value"]["type"]),
        size=int(manifest["value"]["size"]),
        saved=str(manifest["saved"]),
        lineage=manifest["lineage"],
        folder=folder,
    )


def read_model(reference: str) -> Any:
    """The model itself, in this process; its files are checked first. Raises NoModel, InputFault."""
    found = find_model(reference)
    folder = str(found.folder)
    return load_value(read_manifest(folder, digest=found.digest)["value"], folder)


def known_models() -> tuple[str, ...]:
    """``name@newest`` of every model that is kept, sorted."""
    home = state_dir() / "models"
    if not home.is_dir():
        return ()
    found = ((entry.name, _versions(entry)) for entry in home.iterdir() if entry.is_dir())
    return tuple(sorted(f"{name}@{max(versions)}" for name, versions in found if versions))


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
        elif path.name != MANIFEST or path.parent != kept:
            shutil.copyfile(path, inside, follow_symlinks=False)
    lineage = {name: manifest[name] for name in ("run", "call", "attempt", "python")}
    return manifest["value"], {
        **lineage,
        **_of_the_run(kept.parent.parent / "events.jsonl", manifest),
    }


def _kept_result(model: Any) -> Path | None:
    """The folder of what a run in containers gave, which stays in its files; None for a live value."""
    kind = type(model)
    if (kind.__module__, kind.__name__) != ("ops0.runtime.results", "Stored"):
        return None
    path = Path(model.path)
    return path if path.is_dir() and (path / MANIFEST).is_file() else path.parent


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


def _publish(aside: Path, home: Path, head: dict[str, Any]) -> int:
    """Give a folder the next free number. A rename onto a folder that is there fails, so no version is replaced."""
    while True:
        version = max(_versions(home), default=0) + 1
        write_manifest(str(aside), {**head, "version": version})
        try:
            aside.rename(home / str(version))
        except OSError:
            if not (home / str(version)).exists():
                raise
            continue
        sync_folder(str(home))
        return version


def _point(home: Path, alias: str, version: int) -> None:
    aliases = home / "aliases"
    aliases.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{alias}.", dir=aliases)
    with os.fdopen(handle, "w") as stream:
        stream.write(f"{version}\n")
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).replace(aliases / alias)


def _aliased(home: Path, alias: str) -> int:
    try:
        text = (home / "aliases" / alias).read_text().strip()
    except OSError:
        return 0
    return int(text) if text.isdigit() else 0


def _versions(home: Path) -> frozenset[int]:
    names = [entry.name for entry in home.iterdir()] if home.is_dir() else []
    return frozenset(int(name) for name in names if name.isdigit())


def _home(name: str) -> Path:
    return state_dir() / "models" / name
