"""Small results that come with the word that a step is done: what a runner tells, and what the host takes of it."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest

from ops0.core.values.store import save_value
from ops0.runtime.outputs.manifest import Value, ValueFile
from ops0.runtime.outputs.results import BadOutput, small_json
from ops0.runtime.outputs.told import is_whole, told_files, told_members
from ops0_runner.protocol import MOST_TOLD
from ops0_runner.telling import small_files


def test_a_small_value_is_told_with_all_its_files(tmp_path: Path) -> None:
    value = save_value(({"a": 1}, b"\0\1"), str(tmp_path))
    told = told_files({"files": small_files(value, str(tmp_path))})
    assert told == {
        one.name: one.read_bytes() for one in tmp_path.iterdir() if one.name != "manifest.json"
    }
    assert len(told) == 2


def test_what_is_large_or_has_folders_is_not_told(tmp_path: Path) -> None:
    large = save_value("x" * MOST_TOLD, str(tmp_path / "large"))
    assert small_files(large, str(tmp_path / "large")) is None
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    folder = save_value((1, tmp_path / "folder"), str(tmp_path / "out"))
    assert small_files(folder, str(tmp_path / "out")) is None


def test_what_has_anything_beside_is_left_to_the_host(tmp_path: Path) -> None:
    value = save_value(1, str(tmp_path))
    (tmp_path / "manifest.json").touch()
    assert small_files(value, str(tmp_path)) is not None
    (tmp_path / "shadow").symlink_to("/etc/shadow")
    assert small_files(value, str(tmp_path)) is None


def test_what_cannot_be_read_is_left_to_the_host(tmp_path: Path) -> None:
    value = save_value(1, str(tmp_path))
    (tmp_path / value["files"][0]["name"]).unlink()
    assert small_files(value, str(tmp_path)) is None


@pytest.mark.parametrize(
    "files",
    [
        None,
        [],
        {"a": 1},
        {"a": "no base64"},
        {"a": "\u00e9"},
        {"a": base64.b64encode(b"x" * (MOST_TOLD + 1)).decode()},
        {str(at): base64.b64encode(b"x" * MOST_TOLD).decode() for at in range(2)},
    ],
)
def test_what_makes_no_sense_brings_nothing(files: Any) -> None:
    assert told_files({"files": files}) is None


def value(*files: ValueFile, folders: tuple[str, ...] = ()) -> Value:
    size = sum(file.size for file in files)
    return Value(format="json", type="int", size=size, files=files, preview="", folders=folders)


def file(name: str, data: bytes) -> ValueFile:
    return ValueFile(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def test_only_all_files_of_a_value_are_enough() -> None:
    one, other = file("a", b"1"), file("b", b"22")
    assert is_whole({"a": b"1", "b": b"22"}, value(one, other))
    assert not is_whole({"a": b"1"}, value(one, other))
    assert not is_whole({"a": b"1", "b": b"2"}, value(one, other))
    assert not is_whole({"a": b"1", "b": b"22", "c": b""}, value(one, other))
    assert not is_whole({"a": b"1"}, value(one, folders=("empty",)))
    assert not is_whole(None, value())


def test_what_is_told_is_checked_like_what_is_read() -> None:
    made = value(file("a", b"12"))
    assert small_json(told_members({"a": b"12"}), made) == b"12"
    with pytest.raises(BadOutput, match="not what its producer wrote"):
        small_json(told_members({"a": b"13"}), made)
