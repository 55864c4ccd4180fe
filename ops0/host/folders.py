"""Where ops0 keeps things on this machine, and how it writes them: aside, then renamed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ops0.core.folders import cache_dir, state_dir

__all__ = [
    "ASIDE",
    "cache_dir",
    "can_be_written",
    "file_lock",
    "lock_if_free",
    "nearest_folder",
    "state_dir",
    "write_aside",
]

ASIDE = ".ops0-aside"
"""What the names of files end in that are written and not renamed yet; see ``ops0.host.asides``."""


def nearest_folder(path: Path) -> Path:
    """A folder, or the nearest above that is there."""
    return next(one for one in (path, *path.parents) if one.exists())


def can_be_written(folder: Path) -> bool:
    """Whether this user can write into a folder, or make it where it is not there yet."""
    return os.access(nearest_folder(folder), os.W_OK | os.X_OK)


def write_aside(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a whole file or nothing: temporary file in the same folder, fsync, rename. Makes the folder."""
    import tempfile  # noqa: PLC0415 - costs a start that writes nothing 6 ms

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=ASIDE)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


@contextmanager
def file_lock(
    path: Path, *, shared: bool = False, on_wait: Callable[[], None] | None = None
) -> Iterator[int]:
    """Hold a lock on a file for a block; waits for whoever has it. Ends with the process.

    shared:  beside other shared holders; else alone
    on_wait: called once where somebody has it, before it waits
    gives:   its descriptor: a program that inherits it holds the lock, too, should this process be killed
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    with path.open("a+b") as stream:
        try:
            fcntl.flock(stream, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if on_wait is not None:
                on_wait()
            fcntl.flock(stream, kind)
        yield stream.fileno()


@contextmanager
def lock_if_free(path: Path) -> Iterator[bool]:
    """Hold the lock of ``file_lock`` alone for a block if nobody has it; never waits. Gives whether it is held."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
