"""A value's file as memory of the reader's own. Runs in images: Python 3.8."""

from __future__ import annotations

import mmap
import os

from ops0.core.values.files import open_checked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def map_checked(folder: str, entry: Any) -> mmap.mmap:
    """Map a file that is what its entry says, copy on write: what is written to it stays this process's own.

    raises: InputFault; ValueError for an empty file, OSError
    """
    fd = open_checked(folder, entry)
    try:
        return mmap.mmap(fd, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    finally:
        os.close(fd)
