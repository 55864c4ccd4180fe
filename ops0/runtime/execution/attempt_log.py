"""All that an attempt prints, on disk, as far as there may be so much of it."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path

LIMIT = 32 * 2**20
"""Bytes of one attempt's log, unless the setting ``log_limit`` says otherwise."""
_TAIL = 256 * 2**10


class AttemptLog:
    """Writes lines to a file, from any thread. Beyond ``limit`` bytes only the last ones are kept.

    again:    all lines come anew, or none: what is there from before stays until the first one comes
    left_out: bytes that are not in the file
    """

    def __init__(self, path: Path, limit: int = LIMIT, *, again: bool = False) -> None:
        self.limit, self.left_out = limit, 0
        self._file = path.open("ab" if again else "wb")
        self._from_before = again
        self._room = limit
        self._tail: deque[bytes] = deque()
        self._held = 0
        self._full = False
        self._guard = threading.Lock()

    def write(self, line: bytes) -> None:
        """Take a line, with its end. No error once it is closed. Raises OSError."""
        with self._guard:
            if self._file.closed:
                return
            if self._from_before:
                self._from_before = False
                self._file.truncate(0)
            self._take(line)

    def _take(self, line: bytes) -> None:
        if not self._full and len(line) <= self._room:
            self._room -= len(line)
            self._file.write(line)
            self._file.flush()
            return
        if not self._full:
            self._full = True
            text = f"more than {self.limit} bytes were printed: only the end of the rest is kept"
            self._say(text)
        self._hold(line)

    def _hold(self, line: bytes) -> None:
        self._tail.append(line)
        self._held += len(line)
        while self._held > _TAIL:
            size = len(self._tail.popleft())
            self._held -= size
            self.left_out += size

    def close(self) -> None:
        """Write what was held. May be called again. Raises OSError."""
        with self._guard:
            if self._file.closed:
                return
            try:
                if self.left_out:
                    self._say(f"{self.left_out} bytes are left out here (setting `log_limit`)")
                self._file.writelines(self._tail)
            finally:
                self._tail.clear()
                self._file.close()

    def _say(self, text: str) -> None:
        self._file.write(f"ops0: {text}\n".encode())
        self._file.flush()
