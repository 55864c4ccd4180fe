"""A fault of ops0 itself: kept for the report, told in two lines."""

from __future__ import annotations

import re
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import ops0
from ops0.host.folders import state_dir, write_aside

EXIT_CRASH = 1
"""Python's own for an exception that nobody caught; no family of ours has it."""


def keep_crash(fault: BaseException) -> Path | None:
    """Write the traceback, the command and the versions to a file; None where nothing can be written.

    It is to be sent on, so it holds no values of options.
    """
    lines = [
        f"ops0 {ops0.__version__}, Python {sys.version}",
        f"argv: {_without_values(sys.argv)}",
        "",
    ]
    text = "\n".join(lines) + "".join(traceback.format_exception(fault))
    path = state_dir() / "crashes" / f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.txt"
    try:
        write_aside(path, text.encode("utf-8", "replace"), mode=0o600)
    except OSError:
        return None
    return path


def _without_values(argv: Sequence[str]) -> list[str]:
    """The command without what parameters, which may be secret, are set to."""
    return [re.sub(r"=.*", "=…", one, flags=re.DOTALL) for one in argv]
