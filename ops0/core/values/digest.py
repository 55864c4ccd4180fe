"""What tells a file from every other: its sha256, for large files by parts. Runs in images: Python 3.8.

A file of up to 16 MiB has its sha256, 64 hex digits. A larger one has the sha256 over the sha256 (32 bytes each)
of its parts of 16 MiB, a dash, and the number of parts: the way in which S3 names composite checksums. Parts can
be written and read side by side, so that large values are checked as fast as all processors hash together.
"""

from __future__ import annotations

import hashlib
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, List, Union

PART = 1 << 24
_PIECE = 1 << 18  # stays in a processor's cache between being read or hashed and being written
_MOST_THREADS = 8
_HEX = frozenset("0123456789abcdef")


class FileDigest:
    """The digest of bytes that come one after the other."""

    def __init__(self) -> None:
        self._parts: List[bytes] = []
        self._part = hashlib.sha256()
        self._filled = 0

    def update(self, data: Union[bytes, bytearray, memoryview]) -> None:
        """Add bytes."""
        view = memoryview(data)
        while view:
            if self._filled == PART:
                self._parts.append(self._part.digest())
                self._part, self._filled = hashlib.sha256(), 0
            taken = view[: PART - self._filled]
            self._part.update(taken)
            self._filled += len(taken)
            view = view[len(taken) :]

    def text(self) -> str:
        """Give the digest of all bytes so far."""
        return text_of([*self._parts, self._part.digest()] if self._filled else self._parts)


def text_of(parts: List[bytes]) -> str:
    """Give the digest of a file from the sha256 of its parts."""
    if len(parts) > 1:
        return f"{hashlib.sha256(b''.join(parts)).hexdigest()}-{len(parts)}"
    return (parts[0] if parts else hashlib.sha256().digest()).hex()


def is_digest(text: object, size: int) -> bool:
    """Whether a file of that size may have that digest. The plain sha256 of a large file is none."""
    if not isinstance(text, str):
        return False
    plain, dash, count = text.partition("-")
    parts = -(-size // PART)
    wanted = f"-{parts}" if parts > 1 else ""
    return len(plain) == 64 and _HEX.issuperset(plain) and dash + count == wanted


def file_digest(fd: int, size: int) -> str:
    """Read the first ``size`` bytes of a file and give their digest. Raises OSError."""
    starts = range(0, size, PART)
    return text_of(side_by_side(lambda start: read_part(fd, start, size), starts))


def write_part(fd: int, views: Iterable[memoryview], offset: int) -> bytes:
    """Write a part, which lies in pieces, to its place in a file and give its sha256. Raises OSError."""
    sha = hashlib.sha256()
    for view in views:
        for start in range(0, len(view), _PIECE):
            piece = view[start : start + _PIECE]
            sha.update(piece)
            while piece:
                done = os.pwrite(fd, piece, offset)
                piece, offset = piece[done:], offset + done
    return sha.digest()


def side_by_side(work: Callable[[Any], Any], given: Iterable[Any]) -> List[Any]:
    """``[work(one) for one in given]``, on as many threads as there are processors. Raises what ``work`` raises."""
    given = list(given)
    threads = min(len(given), len(os.sched_getaffinity(0)), _MOST_THREADS)
    if threads < 2:
        return [work(one) for one in given]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only large values need it

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, given))


def read_part(fd: int, start: int, size: int) -> bytes:
    """Read the part that begins at ``start``, of a file of ``size`` bytes, and give its sha256. Raises OSError."""
    sha = hashlib.sha256()
    piece = memoryview(bytearray(_PIECE))
    end = min(start + PART, size)
    while start < end:
        read = os.preadv(fd, [piece[: end - start]], start)
        if not read:
            break  # torn meanwhile: the digest will differ
        sha.update(piece[:read])
        start += read
    return sha.digest()
