"""A place that ops0 cannot write to, read or open, as one clear error instead of an OSError from deep below."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ops0.core.errors import HostError
from ops0.host.limits import NO_MORE_FILES, LimitReached

FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
"""A full disk, and a spent quota."""
_CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM}
_NO_FOLDER = {errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.ELOOP}
_LITTLE = 16 * 2**20
"""Bytes: what is left on a disk that has just refused a write of one more layer or wheel."""


class DiskFull(HostError):
    """A write failed for want of room. What was half written has been removed by its writer."""

    exit_code = 71

    def __init__(self, place: str, fact: str) -> None:
        super().__init__(
            f"{place}: {fact}",
            "free some room (`ops0 gc` says what ops0 holds), "
            "or name folders on another disk: OPS0_CACHE_DIR, OPS0_STATE_DIR",
        )
        self.place = place


_RIGHT = "give this user the right to write there"
_OWN_FOLDERS = f"{_RIGHT}, or name folders of its own: OPS0_CACHE_DIR, OPS0_STATE_DIR"


class NotWritable(HostError):
    """A file or folder that this user may not write or make, or on a file system that nobody may."""

    exit_code = 72

    def __init__(self, place: str, fact: str, hint: str = _OWN_FOLDERS) -> None:
        super().__init__(f"{place}: {fact}", hint)
        self.place = place


class PathTooLong(HostError):
    """A path that no system call takes."""

    exit_code = 72

    def __init__(self, place: str) -> None:
        super().__init__(
            f"{place}: the path is too long",
            "take a shorter one: 4,095 bytes are the most for all of it, 255 for each name",
        )
        self.place = place


class NoScratch(HostError):
    """No folder for temporary files: each is full, or closed to this user."""

    exit_code = 72

    def __init__(self, fact: str) -> None:
        super().__init__(
            f"temporary files: {fact}",
            "free some room there, or name a folder on another disk: TMPDIR",
        )


class NotReadable(HostError):
    """A file or folder that is there and that this user may not read."""

    exit_code = 72

    def __init__(self, place: str, fact: str) -> None:
        super().__init__(
            f"{place}: {fact}",
            "give this user the right to read it, or name another file",
        )
        self.place = place


class TooManyFiles(HostError):
    """The process or the machine may have no more files open."""

    exit_code = 72

    def __init__(self, fact: str) -> None:
        super().__init__(
            f"ops0 may open no further file: {fact}",
            "allow more (`ulimit -n` shows how many), or run less at once: --jobs",
        )


class FileTooLarge(HostError):
    """The process may not write a file that large."""

    exit_code = 72

    def __init__(self, fact: str) -> None:
        super().__init__(
            f"ops0 may not write a file to its end: {fact}",
            "allow larger ones: `ulimit -f` shows the limit of this shell",
        )


def is_refusal(fault: OSError) -> bool:
    """Whether a write was refused because of where it was to be: rights, or a place where nothing can be made."""
    return fault.errno in _CLOSED | _NO_FOLDER


def disk_fault(
    fault: OSError, folders: Sequence[Path], here: Path | None = None
) -> HostError | None:
    """The error for a person, or None where it is no matter of room, rights, limits or a place that holds no folder.

    folders: of ops0's own;  here: where the user stands. The fullest is named where the system does not say which file
             it was
    """
    every = folders if here is None else (*folders, here)
    fact = (fault.strerror or str(fault)).lower()
    if fault.errno in FULL:
        return DiskFull(str(fault.filename2 or fault.filename or _fullest(every)), fact)
    if fault.errno in NO_MORE_FILES:
        return TooManyFiles(fact)
    if fault.errno == errno.EFBIG:
        return FileTooLarge(fact)
    if fault.errno == errno.ENOMEM:
        return LimitReached(fact)
    return _closed(fault, fact, folders) if fault.filename else _no_folder(fault, every)


def _closed(fault: OSError, fact: str, folders: Sequence[Path]) -> HostError | None:
    """The error of a file or folder that is named; None for one that is merely not there."""
    named = fault.filename  # a number, where a call was given a descriptor
    place = os.fsdecode(named) if isinstance(named, (str, bytes)) else str(named)
    if fault.errno == errno.ENAMETOOLONG:
        return PathTooLong(place)
    if fault.errno not in _CLOSED:
        return _no_folder(fault, folders)
    # The system does not say what was tried: what cannot even be read was hardly there to be written.
    if os.access(place, os.F_OK) and not os.access(place, os.R_OK):
        return NotReadable(place, fact)
    own = any(_is_on_way(Path(place), folder) for folder in folders)
    return NotWritable(place, fact, _OWN_FOLDERS if own else _RIGHT)


def _no_folder(fault: OSError, folders: Sequence[Path]) -> HostError | None:
    """The error where one of the folders is not there and cannot be made, as below a home that is a file."""
    if fault.errno not in _NO_FOLDER:
        return None
    if not fault.filename:
        return _no_scratch()
    place = Path(os.fsdecode(fault.filename))
    for folder in folders:
        if _is_on_way(place, folder):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as refused:
                fact = (refused.strerror or str(refused)).lower()
                return NotWritable(str(folder), f"this folder cannot be made: {fact}")
    return None


def _is_on_way(place: Path, folder: Path) -> bool:
    """Whether a place is a folder, in it, or above it."""
    return place.is_relative_to(folder) or folder.is_relative_to(place)


def _no_scratch() -> HostError | None:
    """The error where Python finds no folder for temporary files, which it says in words alone."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError as fault:
        return NoScratch(fault.strerror or str(fault))
    return None


def _fullest(folders: Sequence[Path]) -> str:
    """The first of the folders whose disk has little left, else a word for not knowing."""
    for folder in folders:
        there = next((one for one in (folder, *folder.parents) if one.exists()), None)
        if there is not None:
            told = os.statvfs(there)
            if told.f_bavail * told.f_frsize < _LITTLE:
                return str(folder)
    return "a disk"
