"""A folder of a container, as the Engine sends it: a tar stream, read member by member and never unpacked by name."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ops0.runtime.engine import Member
from ops0.runtime.outputs.results import BadOutput

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def tar_members(chunks: Iterator[bytes], folder: str | None) -> Iterator[Member]:
    """The members of a tar stream. Each must be read before the next is asked for.

    folder: the name that the Engine put before all others, and that is taken off; None for a single file
    raises: BadOutput for bytes that are no tar, and for a name outside ``folder``
    """
    try:
        with tarfile.open(fileobj=_Chunks(chunks), mode="r|") as tar:
            for info in tar:
                name = _inner_name(info.name, folder)
                if name:
                    yield _member(tar, info, name)
    except tarfile.TarError as fault:
        raise BadOutput(f"the engine sent no tar: {fault}") from None


@contextmanager
def packed(folder: Path, below: str = "") -> Iterator[IO[bytes]]:
    """A folder's regular files as a tar that everybody may read and nobody owns, on disk while the block runs.

    below: the folder that all names get in front
    """
    with tempfile.TemporaryFile() as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path in sorted(folder.rglob("*")):
                info = tar.gettarinfo(path, str(Path(below, path.relative_to(folder))))
                if not (info.isfile() or info.isdir()):
                    continue
                info.uid = info.gid = 0
                info.uname = info.gname = ""
                info.mode = 0o755 if info.isdir() else 0o644
                if info.isdir():
                    tar.addfile(info)
                else:
                    with path.open("rb") as data:
                        tar.addfile(info, data)
        yield file


def _inner_name(name: str, folder: str | None) -> str:
    if folder is None:
        return name
    top, _, rest = name.rstrip("/").partition("/")
    if top != folder:
        raise BadOutput(f"{name!r} is not in the output folder")
    return rest


def _member(tar: tarfile.TarFile, info: tarfile.TarInfo, name: str) -> Member:
    if info.isdir():
        return Member(name, "folder", 0, _nothing)
    if not info.isreg() or info.issparse():
        return Member(name, _kind(info), 0, _nothing)
    stream = tar.extractfile(info)
    return Member(name, "file", info.size, stream.read if stream is not None else _nothing)


def _kind(info: tarfile.TarInfo) -> str:
    kinds = {
        "symlink": info.issym(),
        "hard link": info.islnk(),
        "fifo": info.isfifo(),
        "device": info.isdev(),
        "sparse file": info.issparse(),
    }
    return next((name for name, is_it in kinds.items() if is_it), "special file")


def _nothing(_size: int) -> bytes:
    return b""


class _Chunks(RawIOBase):
    """Chunks of bytes as a readable file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer)
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        size = min(len(target), len(self._rest))
        target[:size], self._rest = self._rest[:size], self._rest[size:]
        return size
