"""One new file, hashed and written by parts, side by side. Runs in images: Python 3.8."""

from __future__ import annotations

import os
from contextlib import suppress

from ops0.core.values.digest import PART, side_by_side, text_of, write_part
from ops0.core.values.later import stamp_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO, Dict, List, Union

_SMALL = 1 << 16
_WIDE = 4 * PART


class FileWriter:
    """One new file: ``with FileWriter(folder, name) as file: file.write(...)``, then ``file.entry``.

    What is written is taken as it lies, up to 64 MiB of it at a time, and must not change before the block ends. Any
    process sees the bytes when it does; who wants them on the disk as well says so (``sync_file``). A block that raises
    leaves no file.
    """

    def __init__(self, folder: str, name: str) -> None:
        self.name = name
        self.size = 0
        self.entry: Dict[str, Any] = {}
        self._path = os.path.join(folder, name)
        self._parts: List[bytes] = []
        self._held: List[memoryview] = []
        self._holding = 0
        self._pending = bytearray()
        self._fd = -1

    def __enter__(self) -> FileWriter:  # noqa: PYI034 - typing.Self is not there on 3.8
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        with suppress(FileNotFoundError):  # an earlier try's, which a reader may have mapped
            os.unlink(self._path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._fd = os.open(self._path, flags, 0o644)
        return self

    def write(self, data: Union[bytes, bytearray, memoryview]) -> int:
        """Add bytes (any contiguous buffer); gives their number, as pickle and numpy expect of a file."""
        view = memoryview(data).cast("B")
        self.size += len(view)
        if len(view) < _SMALL:
            self._pending += view
            if len(self._pending) >= _SMALL:
                self._hold_pending()
        else:
            self._hold_pending()
            self._hold(view)
        return len(view)

    def copy(self, source: BinaryIO) -> None:
        """Add all that a file still gives, as much at a time as is hashed and written side by side."""
        while part := source.read(_WIDE):
            self.write(part)

    def pad(self, alignment: int) -> None:
        """Add zero bytes up to the next multiple."""
        self.write(bytes(-self.size % alignment))

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._hold_pending()
                self._put(self._holding)
                os.fchmod(self._fd, 0o444)
                self.entry = {"name": self.name, "size": self.size, "sha256": text_of(self._parts)}
                if self.size > PART:
                    self.entry["stamp"] = stamp_of(self._fd)
        finally:
            os.close(self._fd)
            if not self.entry:
                os.unlink(self._path)

    def _hold_pending(self) -> None:
        pending, self._pending = self._pending, bytearray()
        self._hold(memoryview(pending))

    def _hold(self, view: memoryview) -> None:
        self._held.append(view)
        self._holding += len(view)
        if self._holding >= _WIDE:
            self._put(self._holding // PART * PART)

    def _put(self, count: int) -> None:
        """Write the first ``count`` bytes of what is held. Only the last part of a file may be short."""
        start = len(self._parts) * PART
        parts = _parts(self._take(count))
        at = [start + number * PART for number in range(len(parts))]
        self._parts += side_by_side(lambda one: write_part(self._fd, *one), list(zip(parts, at)))

    def _take(self, count: int) -> List[memoryview]:
        taken = []
        self._holding -= count
        while count:
            view = self._held[0]
            taken.append(view[:count])
            if len(view) > count:
                self._held[0] = view[count:]
            else:
                del self._held[0]
            count -= len(taken[-1])
        return taken


def _parts(views: List[memoryview]) -> List[List[memoryview]]:
    """Cut into parts: of PART bytes each, but for the last."""
    parts: List[List[memoryview]] = []
    room = 0
    for view in views:
        start = 0
        while start < len(view):
            if not room:
                parts.append([])
                room = PART
            piece = view[start : start + room]
            parts[-1].append(piece)
            room -= len(piece)
            start += len(piece)
    return parts
