"""A file that came for a lock -> the wheelhouse, if it is the one that was asked for, and a whole one."""

from __future__ import annotations

from pathlib import Path

from ops0.core.locked import LockedFile
from ops0_builder.lock.errors import BrokenWheel, HashMismatch
from ops0_builder.lock.wheel_check import wheel_fault
from ops0_builder.lock.wheelhouse import Wheelhouse, file_sha256


def take_expected(
    path: Path, sha256: str | None, wheelhouse: Wheelhouse, *, hint: str | None = None
) -> LockedFile:
    """Move a file of a workplace in. What is not kept stays there, and goes with it.

    sha256: None: whatever came is taken;  hint: what to do about other bytes
    raises: HashMismatch; BrokenWheel, of wheels alone
    """
    found = file_sha256(path)
    if sha256 not in (None, found):
        raise HashMismatch(path.name, str(sha256), found, hint)
    broken = wheel_fault(path) if path.suffix == ".whl" else None
    if broken is not None:
        raise BrokenWheel(path.name, broken)
    return wheelhouse.take(path, found)
