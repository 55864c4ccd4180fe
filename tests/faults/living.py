"""The processes that belong to a place: those that inherited its folder in their environment."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path


def living(folder: Path) -> dict[int, str]:
    """Their commands by pid. One that has ended and that nobody has waited for has no environment."""
    mark, found = os.fsencode(str(folder)), {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdecimal() and mark in (entry / "environ").read_bytes():
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
                found[int(entry.name)] = command.replace("\0", " ")
    return found


def left_alive(folder: Path, seconds: float = 20.0) -> list[str]:
    """Those that do not end within a while: some are about to, as the one that keeps @ops0.cleanup_after."""
    end = time.monotonic() + seconds
    while (found := living(folder)) and time.monotonic() < end:
        time.sleep(0.1)
    return list(found.values())
