"""A fault of ops0 itself: kept for the report, told in two lines."""

from __future__ import annotations

import sys
import time
import traceback
from pathlib import Path

import ops0
from ops0.host.folders import state_dir, write_aside

EXIT_CRASH = 1
"""Python's own for an exception that nobody caught; no family of ours has it."""


def keep_crash(fault: BaseException) -> Path | None:
    """Write the traceback, the command and the versions to a file; None where nothing can be written."""
    lines = [f"ops0 {ops0.__version__}, Python {sys.version}", f"argv: {sys.argv}", ""]
    text = "\n".join(lines) + "".join(traceback.format_exception(fault))
    path = state_dir() / "crashes" / f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.txt"
    try:
        write_aside(path, text.encode("utf-8", "replace"))
    except OSError:
        return None
    return path
