"""Files under a second name: what is removed or replaced under the first one stays under the other."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

__all__ = ["link_or_copy"]


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name; a copy where another file system, or who owns the file, allows none.

    Of a link, the link itself is meant. Raises OSError
    """
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copyfile(source, target, follow_symlinks=False)
