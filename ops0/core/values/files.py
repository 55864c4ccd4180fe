"""Files of a value: hashed while written, checked before use. Runs in images: Python 3.8.

A file is ``{"name": relative POSIX path, "size": bytes, "sha256": its digest (see digest.py)}``.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress

from ops0.core.values.digest import (
    PART,
    FileDigest,
    file_digest,
    is_digest,
    side_by_side,
    write_at,
    write_part,
)
from ops0.core.values.faults import InputFault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Union

_CHUNK = 1 << 20
_SMALL = 1 << 16
_WIDE = 4 * PART
_BETWEEN_SYNCS = 0.05  # seconds


class FileWriter:
    """One new file: ``with FileWriter(folder, name) as file: file.write(...)``, then ``file.entry``.

    The bytes are on the disk (fsync) when the block ends. A block that raises leaves no file.
    """

    def __init__(self, folder: str, name: str) -> None:
        self.name = name
        self.size = 0
        self.entry: Dict[str, Any] = {}
        self._path = os.path.join(folder, name)
        self._digest = FileDigest()
        self._written = 0
        self._pending = bytearray()
        self._fd = -1

    def __enter__(self) -> FileWriter:  # noqa: PYI034 - typing.Self is not there on 3.8
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        with suppress(FileNotFoundError):
            os.unlink(
                self._path
            )  # an earlier try's: read-only by now, and perhaps mapped by a reader
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
                self._flush()
        else:
            self._flush()
            self._put(view)
        return len(view)

    def pad(self, alignment: int) -> None:
        """Add zero bytes up to the next multiple."""
        self.write(bytes(-self.size % alignment))

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._flush()
                os.fchmod(self._fd, 0o444)
                os.fsync(self._fd)
                self.entry = {
                    "name": self.name,
                    "size": self.size,
                    "sha256": self._digest.text(),
                }
        finally:
            os.close(self._fd)
            if not self.entry:
                os.unlink(self._path)

    def _flush(self) -> None:
        pending, self._pending = self._pending, bytearray()
        self._put(memoryview(pending))

    def _put(self, view: memoryview) -> None:
        if len(view) >= _WIDE:
            view = self._put_parts(view)
        for start in range(0, len(view), _CHUNK):
            part = view[start : start + _CHUNK]
            self._digest.update(part)
            write_at(self._fd, part, self._written)
            self._written += len(part)

    def _put_parts(self, view: memoryview) -> memoryview:
        """Write whole parts side by side, and sync meanwhile. Gives the rest."""
        head = self._digest.missing % PART
        self._put(view[:head])
        offset, end = self._written - head, head + (len(view) - head) // PART * PART
        with _syncing(self._fd):
            digests = side_by_side(
                lambda at: write_part(self._fd, view[at : at + PART], offset + at),
                range(head, end, PART),
            )
        self._digest.add_parts(digests)
        self._written += end - head
        return view[end:]


@contextmanager
def _syncing(fd: int) -> Iterator[None]:
    """Let the disk begin while the block still writes. Raises OSError for what could not be written."""
    from threading import Event, Thread  # noqa: PLC0415 - only large values need them

    ended, faults = Event(), []

    def sync() -> None:
        try:
            while not ended.wait(_BETWEEN_SYNCS):
                os.fdatasync(fd)
        except OSError as fault:  # the kernel tells it once for each open file: it must not be lost
            faults.append(fault)

    thread = Thread(target=sync, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if faults:
        raise faults[0]


def write_file(folder: str, name: str, data: bytes) -> Dict[str, Any]:
    """Write a whole file; gives its entry."""
    with FileWriter(folder, name) as file:
        file.write(data)
    return file.entry


def open_checked(folder: str, entry: Any) -> int:
    """Open a file that is, byte for byte, what its entry says. The caller closes the descriptor.

    raises: InputFault
    """
    name, size, digest = _fields(entry)
    try:
        fd = os.open(
            os.path.join(folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        )
    except OSError as fault:
        raise InputFault(
            f"{name}: {fault.strerror}", "the producer's files are gone: run again", name
        ) from None
    try:
        _check(fd, name, size, digest)
    except BaseException:
        os.close(fd)
        raise
    return fd


def read_checked(folder: str, entry: Any) -> bytes:
    """Read a whole file that is what its entry says. Raises InputFault."""
    fd = open_checked(folder, entry)
    with open(fd, "rb") as file:
        return file.read()


def checked_path(folder: str, entry: Any) -> str:
    """Give the path of a file that is what its entry says. Raises InputFault."""
    os.close(open_checked(folder, entry))
    return os.path.join(folder, entry["name"])


def files_of(value: Any) -> List[Any]:
    """Give the file entries of a VALUE. Raises InputFault where it has none."""
    files = value.get("files") if isinstance(value, dict) else None
    if not isinstance(files, list) or not files:
        raise InputFault(
            "the manifest names no files", "the producer's manifest is broken: run again"
        )
    return files


def is_inside(name: object) -> bool:
    """Whether a name stays in its folder: relative, no ``..``, no NUL."""
    if not isinstance(name, str) or not name or "\0" in name or name.startswith("/"):
        return False
    return not {"", ".", ".."} & set(name.split("/"))


def sync_folder(path: str) -> None:
    """Make names in a folder survive a crash."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _fields(entry: Any) -> Any:
    if isinstance(entry, dict):
        name, size, digest = entry.get("name"), entry.get("size"), entry.get("sha256")
        if is_inside(name) and type(size) is int and size >= 0 and is_digest(digest, size):
            return name, size, digest
    raise InputFault(
        "the manifest names a file that cannot be", "the producer's manifest is broken: run again"
    )


def _check(fd: int, name: str, size: int, digest: str) -> None:
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode):
        raise InputFault(f"{name}: not a regular file", "run again", name)
    if found.st_size != size:
        raise InputFault(
            f"{name}: {found.st_size} bytes, its producer wrote {size}", "run again", name
        )
    if file_digest(fd, size) != digest:
        raise InputFault(f"{name}: not the bytes that its producer wrote", "run again", name)
