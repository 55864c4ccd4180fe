"""What images said of themselves, noted in the cache by digest or key, so that nobody has to ask them again."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

FOLDERS = ("bases", "contents", "foresight", "manifests", "proofs")
"""Below the cache's folder; each file in them is a note."""


def read_note(path: Path) -> bytes:
    """A note's bytes; it counts as used now. Raises OSError where there is none."""
    data = path.read_bytes()
    with suppress(OSError):
        os.utime(path)
    return data
