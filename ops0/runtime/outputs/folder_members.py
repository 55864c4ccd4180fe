"""A folder of this machine as an output's members, as a container's comes as a tar stream."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ops0.runtime.engine import Member


def folder_members(folder: Path, prefix: str = "") -> Iterator[Member]:
    """What a folder holds, sorted. Each member is read before the next is asked for. No link is followed."""
    if not folder.is_dir() or folder.is_symlink():
        return
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        name = prefix + entry.name
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            yield Member(name, "folder", 0, lambda _size: b"")
            yield from folder_members(Path(entry.path), f"{name}/")
        elif stat.S_ISREG(mode):
            handle = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                yield Member(name, "file", os.fstat(handle).st_size, file.read)
        else:
            kind = "symlink" if stat.S_ISLNK(mode) else "special file"
            yield Member(name, kind, 0, lambda _size: b"")
