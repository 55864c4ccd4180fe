"""A file that came for a lock -> the wheelhouse, if it is the one that was asked for, and a whole one."""

from __future__ import annotations

from pathlib import Path

from ops0.core.locked import LockedFile
from ops0_builder.lock.errors import BrokenWheel, HashMismatch
from ops0_builder.lock.wheel_check import wheel_fault
from ops0_builder.lock.wheelhouse import Wheelhouse


def take_expected(
    path: Path, sha256: str | None, wheelhouse: Wheelhouse, *, hint: str | None = None
) -> LockedFile:
    """Move a file of a workplace in. What is not kept is gone.

    sha256: None: whatever came is taken;  hint: what to do about other bytes
    raises: HashMismatch; BrokenWheel, of wheels alone
    """
    broken = wheel_fault(path) if path.suffix == ".whl" else None
    file = wheelhouse.take(path)
    if sha256 not in (None, file.sha256):
        wheelhouse.drop(file)
        raise HashMismatch(file.filename, str(sha256), file.sha256, hint)
    if broken is not None:
        wheelhouse.drop(file)
        raise BrokenWheel(file.filename, broken)
    return file
