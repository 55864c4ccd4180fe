"""Many small files on the disk: each of them, side by side, and a fault of one is a fault of all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from ops0.core.values import files
from ops0.core.values.files import sync_files


def some_files(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{number}.txt" for number in range(count)]
    for path in paths:
        path.write_text(path.name)
    return paths


@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_each_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(os.fstat(fd).st_ino))
    paths = some_files(tmp_path, count)
    sync_files(iter(paths))
    assert sorted(synced) == sorted(path.stat().st_ino for path in paths)


def test_they_wait_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other, 5,000 waited for the disk 32 s."""
    both = threading.Barrier(2, timeout=30)
    monkeypatch.setattr(os, "fsync", lambda _: both.wait())
    sync_files(some_files(tmp_path, 2))


def test_a_disk_that_refuses_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        if path.name == "7.txt":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "sync_file", refuse)
    with pytest.raises(OSError, match="No space left"):
        sync_files(some_files(tmp_path, 20))
