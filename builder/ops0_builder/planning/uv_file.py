"""The uv program of this machine, as a file for the build stages. It ships as a wheel, so it needs no registry."""

from __future__ import annotations

import hashlib
from pathlib import Path

import uv

from ops0.core.locked import LockedFile


def uv_file() -> tuple[LockedFile, Path]:
    """The file as a value, and where it stands. Raises FileNotFoundError where uv is not installed whole."""
    path = Path(uv.find_uv_bin())
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    size = path.stat().st_size
    return LockedFile(filename="uv", sha256=digest.hexdigest(), size=size), path
