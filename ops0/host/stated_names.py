"""What the files of a folder say of its distribution, from the disk: nothing is imported, built or started."""

from __future__ import annotations

from pathlib import Path

from ops0.core.requirements.local import stated_name

__all__ = ["file_bytes", "name_in"]


def name_in(folder: Path) -> str | None:
    """The name that a folder's files state; None where they state none."""
    return stated_name(lambda file: file_bytes(folder / file))


def file_bytes(path: Path) -> bytes | None:
    """What is in a file; None where it is not there, or not to be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None
