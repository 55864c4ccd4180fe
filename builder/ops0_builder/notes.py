"""What images said of themselves, noted in the cache by digest or key, so that nobody has to ask them again."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from ops0.host.folders import write_aside

FOLDERS = ("bases", "contents", "foresight", "manifests", "proofs")
"""Below the cache's folder; each file in them is a note."""


def read_note(path: Path) -> bytes:
    """A note's bytes; it counts as used now. Raises OSError where there is none."""
    data = path.read_bytes()
    with suppress(OSError):
        os.utime(path)
    return data


def write_note(path: Path, data: bytes) -> None:
    """Write a note, whole or not at all; a folder that stands in its place goes. Raises OSError."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    write_aside(path, data)
