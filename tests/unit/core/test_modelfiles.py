"""A model as files, where a run has given it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ops0
from ops0.core.models.store import read_model
from ops0.core.values.manifest import write_manifest
from ops0.core.values.store import save_value
from ops0.runtime.outputs.results import Stored


@pytest.mark.parametrize("made", ["weights.bin", "weights"])
def test_a_file_and_a_folder_that_a_run_has_given_are_models(tmp_path: Path, made: str) -> None:
    """Of a file the result is that file, which lies below its manifest."""
    source, kept = tmp_path / made, tmp_path / "run" / "results" / "fit"
    if source.suffix:
        source.write_text("w")
    else:
        (source / "empty").mkdir(parents=True)
    value = save_value(source, str(kept))
    head: dict[str, Any] = {"v": 1, "run": "r", "call": "fit", "attempt": 1, "python": "3.11.2"}
    write_manifest(str(kept), {**head, "nonce": "0" * 32, "value": value})
    (tmp_path / "run" / "events.jsonl").write_text("")
    path = kept / value["files"][0]["name"] if source.suffix else kept
    stored = Stored(type="", format=value["format"], preview="", size=1, path=path)
    ops0.model.save(stored, "m")
    found = read_model("m")
    assert (
        found.read_text() == "w"
        if source.suffix
        else [one.name for one in found.iterdir()] == ["empty"]
    )
