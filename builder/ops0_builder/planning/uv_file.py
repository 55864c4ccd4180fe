"""The uv program of this machine, as a file for the build stages. It ships as a wheel, so it needs no registry."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import uv

from ops0.core.locked import LockedFile
from ops0_builder.lock.wheelhouse import file_sha256


@cache
def uv_file() -> tuple[LockedFile, Path]:
    """The file as a value, and where it stands; it is hashed once in a process.

    raises: FileNotFoundError where uv is not installed whole
    """
    path = Path(uv.find_uv_bin())
    size = path.stat().st_size
    return LockedFile(filename="uv", sha256=file_sha256(path), size=size), path
