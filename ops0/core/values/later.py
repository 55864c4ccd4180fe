"""Checks of large files beside the step that uses them. Runs in images: Python 3.8.

A file's *stamp* is its inode and when that was last changed, which every write by whomever moves and nobody can set: a
file that still has the stamp it had when its producer had hashed it holds the bytes that were hashed. To look takes no
time, so a step gets a large value at once. What a stamp does not show, a producer that lies, a disk that returns other
bytes, shows the digest; it is worked out while the step runs, and nothing that the step made counts before that.

source: inode(7), ``ctime``; Linux 6.13 moves it with each write, older ones with each tick of their clock
"""

from __future__ import annotations

import os
from contextlib import suppress

from ops0.core.values.digest import PART, read_part, text_of
from ops0.core.values.faults import InputFault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from threading import Thread
    from typing import Dict, List, Optional, Tuple


def stamp_of(fd: int) -> str:
    """What a file has until somebody writes to it. Raises OSError."""
    found = os.fstat(fd)
    return f"{found.st_ino}-{found.st_ctime_ns}"


def other_bytes(name: str) -> InputFault:
    """Give the error of a file whose digest is not its producer's."""
    return InputFault(f"{name}: not the bytes that its producer wrote", "run again", name)


class Later:
    """The files of one step's inputs whose digests are still to be worked out. ``finish`` before its result counts."""

    def __init__(self) -> None:
        self._files: List[_File] = []
        self._parts: List[Tuple[_File, int]] = []
        self._thread: Optional[Thread] = None

    def takes(self, fd: int, size: int, stamp: object) -> bool:
        """Whether a file may be used before its digest is known. Raises OSError."""
        return size > PART and isinstance(stamp, str) and stamp == stamp_of(fd)

    def add(self, fd: int, name: str, size: int, digest: str) -> None:
        """Work out its digest on a thread beside the caller's. The caller may close the descriptor."""
        import threading  # noqa: PLC0415 - few values are large

        file = _File(os.dup(fd), name, size, digest)
        self._files.append(file)
        self._parts += [(file, start) for start in range(0, size, PART)]
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()

    def finish(self) -> None:
        """Work out what is left, on this thread too. Raises InputFault."""
        self._work()
        if self._thread is not None:
            self._thread.join()
        files, self._files = self._files, []
        for file in files:
            os.close(file.fd)
        for file in files:
            if not file.is_whole():
                raise other_bytes(file.name)

    def _work(self) -> None:
        while True:
            try:
                file, start = self._parts.pop()
            except IndexError:
                return
            file.hash(start)


class _File:
    def __init__(self, fd: int, name: str, size: int, digest: str) -> None:
        self.fd, self.name = fd, name
        self._size, self._digest = size, digest
        self._found: Dict[int, bytes] = {}

    def hash(self, start: int) -> None:
        """Read, not mapped: a disk's fault shall be told, and not end the process by a signal."""
        with suppress(OSError):  # the part is missing then, and the digest another
            self._found[start] = read_part(self.fd, start, self._size)

    def is_whole(self) -> bool:
        """Whether all its parts are what its producer wrote."""
        parts = [self._found[start] for start in sorted(self._found)]
        return text_of(parts) == self._digest
