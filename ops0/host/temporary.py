"""Folders among the system's temporary files, for as long as a block lasts, that a killed ops0 does not leave for good.

Each is locked by its maker for as long as it uses it, and the lock ends with the process: whatever can be locked
belongs to nobody any more. One whose maker is gone may still be read by a program that it had started; that program's
answer is of no use to anybody.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from ops0.host.leftovers import Leftover, folder_size, remove_folder

_PREFIX = "ops0-held-"
"""Theirs alone: a step in a process names its own folders there ``ops0-…`` too, and holds no lock."""
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def temporary_folder(what: str) -> Iterator[Path]:
    """An empty folder that only this user may look into, removed at the end. ``what``: it is for, for its name."""
    folder, handle = _held(what)
    try:
        yield folder
    finally:
        remove_folder(folder)
        os.close(handle)


def temporary_leftovers() -> Iterator[Leftover]:
    """Those of this user that killed ones have left where this process has its own (``TMPDIR``)."""
    try:
        place = Path(tempfile.gettempdir())
    except FileNotFoundError:  # there is no folder that this user may write into
        return
    for folder in sorted(place.glob(f"{_PREFIX}*")):
        handle = _locked(folder)
        if handle is not None:
            os.close(handle)
            yield Leftover(
                kind="temporary",
                name=str(folder),
                size=folder_size(folder),
                remove=partial(_remove, folder),
            )


def _held(what: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{what}-"))
        # Somebody may clean up between its making and its lock.
        try:
            handle = os.open(folder, _OPEN)
        except FileNotFoundError:
            continue
        # Where a file system has no locks, nobody else can lock and remove it either.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        if folder.exists():
            return folder, handle
        os.close(handle)


def _locked(folder: Path) -> int | None:
    """A descriptor that holds one of this user that nobody holds; else None."""
    with suppress(OSError), ExitStack() as opened:
        handle = os.open(folder, _OPEN)
        opened.callback(os.close, handle)
        if os.fstat(handle).st_uid == os.geteuid():
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            opened.pop_all()
            return handle
    return None


def _remove(folder: Path) -> bool:
    handle = _locked(folder)
    if handle is None:
        return not folder.exists()
    try:
        return remove_folder(folder)
    finally:
        os.close(handle)
