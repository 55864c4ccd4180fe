"""Where results may be written is settled before a run that takes long."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops0.core.pipeline import CallId
from ops0.core.values.store import save_value
from ops0.runtime.engine import Member
from ops0.runtime.errors import ExportFault
from ops0.runtime.outputs.folder_members import folder_members
from ops0.runtime.outputs.manifest import ValueFile
from ops0.runtime.outputs.results import (
    BadOutput,
    check_export,
    export_results,
    keep_files,
    keep_output,
)
from ops0.runtime.runs import RunFolder


def test_a_new_or_empty_folder_takes_results(tmp_path: Path) -> None:
    check_export(tmp_path / "new" / "deep")
    check_export(tmp_path / "new" / "deep")


def test_a_folder_that_holds_something_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "old.txt").touch()
    with pytest.raises(ExportFault, match="is not empty"):
        check_export(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportFault, match="file"):
        check_export(tmp_path / "file" / "out")


def test_what_is_read_half_is_let_go_of(tmp_path: Path) -> None:
    """The engine holds a container until somebody has read all of it, or has closed the stream."""
    ended: list[str] = []

    def full(_size: int) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    def members() -> Iterator[Member]:
        try:
            yield Member("a", "file", 1, full)
            yield Member("b", "file", 1, full)
        finally:
            ended.append("closed")

    stream = members()
    files = tuple(ValueFile(name=name, size=1, sha256="0" * 64) for name in "ab")
    with pytest.raises(OSError, match="No space left"):
        keep_files(stream, files, tmp_path / "kept")
    assert ended == ["closed"]
    assert list(tmp_path.iterdir()) == []


def test_an_output_without_a_manifest_of_ours_is_a_bad_one(tmp_path: Path) -> None:
    # A step may write over its manifest after it has told of a good one: it ended the clean-up of the run.
    with pytest.raises(BadOutput, match=r"manifest\.json: v: None"):
        keep_output([], b"{}", tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_an_export_has_the_folders_that_are_empty_too(tmp_path: Path) -> None:
    (tmp_path / "made" / "empty").mkdir(parents=True)
    value = save_value(tmp_path / "made", str(tmp_path / "out"))
    head = {"v": 1, "run": "r", "call": "c", "attempt": 1, "nonce": "n", "python": "3.11.2"}
    run = RunFolder(tmp_path / "run")
    manifest = json.dumps({**head, "value": value}).encode()
    keep_output(folder_members(tmp_path / "out"), manifest, run.result(CallId("c")))
    assert export_results(run, tmp_path / "exported") == ()
    assert (tmp_path / "exported" / "c" / "value" / "made" / "empty").is_dir()
