"""A folder is whole as long as it has every file that it was made with, and all of each."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ops0_builder.whole_folder import WHOLE, is_whole, mark_whole

NAMES = ("bin/tool", "lib/a b\udcff.py", "lib/empty.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"" if "empty" in name else b"0123456789")
    (tmp_path / "bin" / "python").symlink_to("/usr/bin/python3")
    (tmp_path / "lib64").symlink_to("lib")
    assert not is_whole(tmp_path)
    mark_whole(tmp_path)
    assert is_whole(tmp_path)
    return tmp_path


def as_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("name", NAMES[:2])
@pytest.mark.parametrize(
    "damage",
    [Path.unlink, as_a_folder, lambda one: os.truncate(one, 9), lambda one: os.truncate(one, 0)],
)
def test_what_lost_something_is_not(
    folder: Path, name: str, damage: Callable[[Path], None]
) -> None:
    damage(folder / name)
    assert not is_whole(folder)


def test_what_came_since_does_no_harm(folder: Path) -> None:
    (folder / "lib" / "__pycache__").mkdir()
    (folder / "lib" / "__pycache__" / "x.pyc").touch()
    with (folder / "bin" / "tool").open("ab") as file:
        file.write(b"more")
    assert is_whole(folder)
    mark_whole(folder)
    (folder / "lib" / "__pycache__" / "x.pyc").unlink()
    assert is_whole(folder)


@pytest.mark.parametrize("note", [b"", b"10 bin/tool", b"x bin/tool\n", b"\n", b"10 bin/tool\0\n"])
def test_a_torn_note_says_nothing(folder: Path, note: bytes) -> None:
    (folder / WHOLE).write_bytes(note)
    assert not is_whole(folder)
