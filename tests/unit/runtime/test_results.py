"""Where results may be written is settled before a run that takes long."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from ops0.core.pipeline import CallId
from ops0.core.values.store import save_value
from ops0.runtime.engine import Member
from ops0.runtime.errors import ExportFault
from ops0.runtime.outputs import results
from ops0.runtime.outputs.folder_members import folder_members
from ops0.runtime.outputs.manifest import Value, ValueFile
from ops0.runtime.outputs.results import (
    BadOutput,
    check_export,
    export_results,
    keep_files,
    keep_output,
    load_result,
    small_json,
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
    assert (run.result(CallId("c")) / "value" / "made" / "empty").is_dir()
    assert export_results(run, tmp_path / "exported") == ()
    assert (tmp_path / "exported" / "c" / "value" / "made" / "empty").is_dir()


def member(name: str, data: bytes, kind: str = "file") -> Member:
    return Member(name, kind, len(data), BytesIO(data).read)


def named(name: str, data: bytes) -> ValueFile:
    return ValueFile(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def json_of(data: bytes) -> Value:
    return Value(
        format="json", type="t", size=len(data), files=(named("value.json", data),), preview=""
    )


def test_a_small_value_is_read_as_it_was_written() -> None:
    members = [member("more", b"x"), member("value.json", b"[1]")]
    assert small_json(members, json_of(b"[1]")) == b"[1]"
    assert small_json([], replace(json_of(b"[1]"), format="pickle")) is None
    assert small_json([], replace(json_of(b"[1]"), files=())) is None
    large = ValueFile(name="value.json", size=2**20 + 1, sha256="0" * 64)
    assert small_json([], replace(json_of(b"[1]"), files=(large,))) is None


@pytest.mark.parametrize(
    "made",
    [
        [],
        [member("value.json", b"[2]")],
        [member("value.json", b"[1]", "symlink")],
        [member("value.json", b"[1] ")],
        [member("value.json", b"[1")],
    ],
)
def test_a_small_value_that_is_another_one_is_refused(made: list[Member]) -> None:
    with pytest.raises(BadOutput, match=r"'value\.json' is not what its producer wrote"):
        small_json(made, json_of(b"[1]"))


@pytest.mark.parametrize(
    ("made", "fact"),
    [
        ([member("a", b"1"), member("a", b"1")], "'a' is not in the manifest"),
        ([member("a", b"1"), member("b", b"2")], "'b' is not in the manifest"),
        ([member("a", b"1", "fifo")], "'a' is a fifo"),
        ([member("b", b"", "symlink"), member("a", b"1")], "'b' is a symlink"),
        ([member("a", b"12")], "'a' has 2 bytes"),
        ([member("a", b"2")], "sha256 differs"),
        ([], "'a' is missing"),
    ],
)
def test_what_is_kept_is_all_that_was_told_and_nothing_else(
    tmp_path: Path, made: list[Member], fact: str
) -> None:
    with pytest.raises(BadOutput, match=fact):
        keep_files(made, (named("a", b"1"),), tmp_path / "kept")
    assert list(tmp_path.iterdir()) == []


def test_a_result_takes_the_place_of_an_older_and_of_one_that_was_half_written(
    tmp_path: Path,
) -> None:
    for left in ("kept", ".kept.partial"):
        (tmp_path / left).mkdir()
        (tmp_path / left / "a").write_bytes(b"old")
        (tmp_path / left / "old").touch()
    keep_files([member("a", b"1")], (named("a", b"1"),), tmp_path / "kept")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir()} == {"a": b"1"}


def test_it_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def sync(paths: Iterator[Path]) -> None:
        assert not (tmp_path / "kept").exists()
        synced.extend(path.name for path in paths if path.is_file())

    monkeypatch.setattr(results, "sync_files", sync)
    keep_files([member("a", b"1")], (named("a", b"1"),), tmp_path / "kept")
    assert synced == ["a"]


def test_more_than_may_be_kept_is_refused_before_any_of_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "_MAX_RESULT", 3)
    files = (named("a", b"12"), named("b", b"34"))
    with pytest.raises(BadOutput, match="4 bytes are more than may be kept"):
        keep_files([], files, tmp_path / "kept")
    monkeypatch.setattr(results, "_MAX_MEMBERS", 1)
    folders = [Member("x", "folder", 0, lambda _n: b"")] * 3
    with pytest.raises(BadOutput, match="too many files"):
        keep_files(folders, (), tmp_path / "kept")
    with pytest.raises(BadOutput, match="too many files"):
        small_json(folders, json_of(b"1"))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """One with a result that calls itself JSON, and is not."""
    made = RunFolder(tmp_path / "run")
    data = b"[" * 100_000
    value = {
        "format": "json",
        "type": "t",
        "size": len(data),
        "preview": "",
        "files": [
            {"name": "v.json", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        ],
    }
    head = {"v": 1, "run": "r", "call": "c", "attempt": 1, "nonce": "n", "python": "3.11.2"}
    manifest = json.dumps({**head, "value": value}).encode()
    keep_output([member("v.json", data)], manifest, made.result(CallId("c")))
    return made


def test_what_calls_itself_json_and_is_not_stays_in_its_file(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run.result(CallId("c"))
    found = load_result(folder)
    assert isinstance(found, results.Stored)
    assert found.path == folder
    (folder / "v.json").write_bytes(b"[]")
    assert load_result(folder) == []
    monkeypatch.setattr(results, "_MAX_JSON", 1)
    assert isinstance(load_result(folder), results.Stored)


def test_an_export_writes_over_nothing_and_through_no_link(tmp_path: Path, run: RunFolder) -> None:
    target = tmp_path / "out" / "c" / "v.json"
    target.parent.mkdir(parents=True)
    target.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ExportFault, match="is there already"):
        export_results(run, tmp_path / "out")
    target.unlink()
    assert export_results(run, tmp_path / "out") == (target,)
    with pytest.raises(ExportFault, match="is there already"):
        export_results(run, tmp_path / "out")
    assert not (tmp_path / "elsewhere").exists()
