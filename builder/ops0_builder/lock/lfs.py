"""Git LFS's pointers: small texts that stand in a repository where a large file is meant. They are not followed.

source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

_START = b"version https://git-lfs.github.com/spec/"
_LARGEST = 1024


def pointers_in(tree: Path) -> tuple[str, ...]:
    """The paths of pointers below a folder, sorted."""
    found = []
    for here, folders, files in os.walk(tree):
        folders[:] = [one for one in folders if one != ".git"]
        for name in files:
            path = Path(here, name)
            if not path.is_symlink() and path.stat().st_size < _LARGEST and _is(path.read_bytes()):
                found.append(path.relative_to(tree).as_posix())
    return tuple(sorted(found))


def pointers_in_wheel(wheel: Path) -> tuple[str, ...]:
    """The names of members that are pointers, sorted."""
    with zipfile.ZipFile(wheel) as archive:
        small = (one for one in archive.infolist() if one.file_size < _LARGEST)
        return tuple(sorted(one.filename for one in small if _is(archive.read(one))))


def _is(data: bytes) -> bool:
    return data.startswith(_START)
