"""Shows a page to whoever sits at this machine, in the browser that they have chosen."""

from __future__ import annotations

from pathlib import Path

from ops0.cli.tell import tell_warning
from ops0.host.process import ProgramMissing, start_apart

_OPENER = "xdg-open"
_WATCHED = 3.0
"""Seconds. One that finds no browser has ended by then; some wait until the browser is closed."""


def open_page(path: Path) -> None:
    """Open an absolute path. Where that cannot be, the page is there all the same: a warning says what to do."""
    try:
        code = start_apart((_OPENER, str(path)), _WATCHED)
        fact = f"{_OPENER} found none that opens it (exit code {code})"
    except ProgramMissing:
        code, fact = 127, f"this machine has no {_OPENER}"
    if code:
        tell_warning(
            f"no browser was opened: {fact}",
            f"open {path.as_uri()} in one; from another machine, copy the file there",
        )
