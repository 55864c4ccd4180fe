"""A folder is whole as long as it has every file that it was made with, and all of each."""

from __future__ import annotations

import os
import shutil
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


def test_what_was_changed_without_growing_is_not(folder: Path) -> None:
    path = folder / "lib" / "a b\udcff.py"
    noted = path.stat().st_mtime_ns
    path.write_bytes(b"9876543210")
    os.utime(path, ns=(noted, noted + 2 * 10**9))
    assert not is_whole(folder)


def test_a_copy_that_keeps_whole_seconds_only_is(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As an archive of a CI's cache does, which keeps no time of a link at all."""
    copied = tmp_path_factory.mktemp("copied") / "again"
    shutil.copytree(folder, copied, symlinks=True)
    for name in NAMES:
        seconds = int((folder / name).stat().st_mtime)
        os.utime(copied / name, (seconds, seconds))
    os.utime(copied / "bin" / "python", (0, 0), follow_symlinks=False)
    assert is_whole(copied)


@pytest.mark.parametrize(
    "note",
    [b"", b"10 1 bin/tool", b"x 1 bin/tool\0", b"10 bin/tool\0", b"\n", b"10 1 bin/tool\0\n"],
)
def test_a_torn_note_says_nothing(folder: Path, note: bytes) -> None:
    (folder / WHOLE).write_bytes(note)
    assert not is_whole(folder)
