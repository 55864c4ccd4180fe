"""A place that ops0 cannot write to or read, as one clear error instead of an OSError from deep below."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from ops0.core.errors import HostError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM}
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


class NotWritable(HostError):
    """A file or folder that this user may not write, or on a file system that nobody may."""

    exit_code = 72

    def __init__(self, place: str, fact: str) -> None:
        super().__init__(
            f"{place}: {fact}",
            "give this user the right to write there, "
            "or name folders of its own: OPS0_CACHE_DIR, OPS0_STATE_DIR",
        )
        self.place = place


class NotReadable(HostError):
    """A file or folder that is there and that this user may not read."""

    exit_code = 72

    def __init__(self, place: str, fact: str) -> None:
        super().__init__(
            f"{place}: {fact}",
            "give this user the right to read it, or name another file",
        )
        self.place = place


def disk_fault(fault: OSError, folders: Sequence[Path]) -> HostError | None:
    """The error for a person, or None where it is no matter of room or rights.

    folders: where ops0 writes; the fullest is named where the system does not say which file it was
    """
    fact = (fault.strerror or str(fault)).lower()
    if fault.errno in _FULL:
        return DiskFull(str(fault.filename2 or fault.filename or _fullest(folders)), fact)
    if fault.errno in _CLOSED and fault.filename:
        place = str(fault.filename)
        # The system does not say what was tried: what cannot even be read was hardly there to be written.
        unreadable = os.access(place, os.F_OK) and not os.access(place, os.R_OK)
        return (NotReadable if unreadable else NotWritable)(place, fact)
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
