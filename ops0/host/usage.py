"""What the processes of a session use, and what memory is free, by /proc. Linux; elsewhere nothing is known."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_SESSION, _CPU, _PAGES = 3, slice(11, 15), 21


@dataclass(frozen=True, slots=True)
class Usage:
    """``cpu``: seconds of processor time so far; ``memory``: bytes now, without what the kernel could drop at once."""

    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of this machine: ``total``, and what is ``free`` for new processes; None where nobody knows."""

    total: int | None
    free: int | None


def memory() -> Memory:
    """Read what this machine has now. source: proc_meminfo(5), MemTotal and MemAvailable, in KiB."""
    try:
        lines = (_PROC / "meminfo").read_text("ascii").splitlines()
    except OSError:
        return Memory(None, None)
    sizes = {
        name: int(rest.split()[0]) * 1024 for name, _, rest in (one.partition(":") for one in lines)
    }
    return Memory(sizes.get("MemTotal"), sizes.get("MemAvailable"))


def session_usage(session: int) -> Usage | None:
    """All processes of a session together, and their children that have ended; None where there is none.

    source: proc_pid_stat(5): fields 6 (session), 14 to 17 (ticks), 24 (resident pages), counted behind the name
    """
    ticks = pages = found = 0
    for fields in _stats():
        with suppress(ValueError, IndexError):
            if int(fields[_SESSION]) == session:
                found += 1
                ticks += sum(int(text) for text in fields[_CPU])
                pages += int(fields[_PAGES])
    if not found:
        return None
    return Usage(ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE"))


def _stats() -> Iterator[list[str]]:
    if not _PROC.is_dir():
        return
    for entry in os.scandir(_PROC):
        if entry.name.isdecimal():
            with suppress(OSError):  # it has ended meanwhile
                text = (_PROC / entry.name / "stat").read_text("ascii", "replace")
                yield text[text.rindex(")") + 1 :].split()
