"""The runner's own streams, out of reach of the step. Python 3.8.

fd 1 carries the protocol and fd 0 the go line, but a step may print, read and start programs as it likes. So both
are moved away to descriptors that no child inherits: what the step prints goes where its errors go, in order, and
reading its standard input finds the end at once.
"""

from __future__ import annotations

import _thread
import atexit
import json
import os
import sys
from contextlib import suppress

from ops0_runner.protocol import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

_LONGEST_LINE = 64 * 1024**2


class Wire:
    """The line to the host. ``send`` writes one JSON object; ``receive`` reads one line."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd, self._write_fd = read_fd, write_fd
        self._guard = _thread.allocate_lock()  # metrics may be told by any thread of the step

    def send(self, event: str, fields: Dict[str, Any]) -> None:
        """Write one event. A host that is gone is no error: there is nobody to tell."""
        text = json.dumps({"v": VERSION, "event": event, **fields}, separators=(",", ":"))
        data = memoryview(text.encode() + b"\n")
        try:
            with self._guard:
                while data:
                    data = data[os.write(self._write_fd, data) :]
        except BrokenPipeError:
            return

    def receive(self) -> Optional[bytes]:
        """Read up to the first newline; None where the host closed the line without one."""
        line = bytearray()
        while len(line) <= _LONGEST_LINE:
            part = os.read(self._read_fd, 1 << 16)
            if not part:
                return None
            line += part
            if b"\n" in part:
                return bytes(line.partition(b"\n")[0])
        return bytes(line)


def take_streams() -> Wire:
    """Move fd 0 and fd 1 away and put harmless ones in their place. Call it before any user code."""
    wire = Wire(os.dup(0), os.dup(1))
    atexit.register(_take_back)  # the first of all hooks, so the last to run
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        # Line by line, so that the two stay in order; a lone surrogate must not fail a step that prints it.
        stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
    return wire


def _take_back() -> None:
    """Put Python's own streams in the place of the step's: for one without ``flush`` Python would end with 120."""
    flush()
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__


def flush() -> None:
    """Hand on what the step has printed so far."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed or replaced by the step
            stream.flush()
