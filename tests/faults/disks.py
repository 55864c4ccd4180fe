"""Small disks that can be filled: a file as a loop device, mounted for a block."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path


@lru_cache
def can_be_made() -> bool:
    """Whether this machine lets us mount a loop device."""
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        try:
            with small_disk(Path(folder), 8):
                return True
        except subprocess.CalledProcessError:
            return False


@contextmanager
def small_disk(folder: Path, mib: int) -> Iterator[Path]:
    """A file system of so many MiB, in a folder of ``folder``."""
    image, place = folder / "disk.img", folder / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(mib * 2**20)
    _run("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
    _run("mount", "-o", "loop", str(image), str(place))
    try:
        yield place
    finally:
        _run("umount", "--lazy", str(place))
        image.unlink()


def close(disk: Path) -> None:
    """Let the kernel close a small disk to all writers, as after an error that it has seen there."""
    _run("mount", "-o", "remount,abort", str(disk))


def mend(disk: Path) -> None:
    """Check and mount it again. Nobody may have a file of it open."""
    _run("umount", str(disk))
    image = str(disk.parent / "disk.img")
    subprocess.run(["e2fsck", "-fy", image], check=False, capture_output=True)
    _run("mount", "-o", "loop", image, str(disk))


def fill(file: Path, *, leaving: int) -> None:
    """Take all that a disk has but for so many bytes."""
    with file.open("wb", buffering=0) as filler:
        for at_once in (2**20, 1024):
            with suppress(OSError):
                while True:
                    filler.write(bytes(at_once))
    os.truncate(file, file.stat().st_size // 1024 * 1024 - leaving)
    os.sync()


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)
