"""The boots at which a state folder was used: whether one of them is over.

A machine's id does not tell it from a copy: virtual machines, containers and nodes that start from one image carry the
same one. The kernel's boot id differs, but that alone does not say whether that kernel still runs elsewhere. So who
owns something notes the boot in the state folder, and holds that note as long as it lives. A boot is over where it is
noted here, so that it was this machine's, and nobody holds it: nodes that share a folder hold theirs.

Not told apart: a machine, and a copy made of its state folder while it ran.
"""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import suppress
from pathlib import Path
from threading import Lock

from ops0.core.folders import state_dir

_BOOT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SAFE = os.O_NOFOLLOW | os.O_CLOEXEC
_held: dict[Path, int] = {}
_holding = Lock()


def hold_boot(boot: str) -> None:
    """Note that this process uses the state folder at this boot, until it ends or uses another folder.

    Where the folder cannot be written nothing is noted, and what is left then stays after the next boot.
    """
    place = _note(boot)
    with _holding:
        if place is None or (place in _held and place.exists()):
            return
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            handle = _opened(place, os.O_CREAT)
            for former in _held.values():
                os.close(former)
            _held.clear()
            _held[place] = handle
            fcntl.flock(handle, fcntl.LOCK_SH)


def is_over(boot: str) -> bool:
    """Whether no process of another boot can be there any more, as far as the state folder tells."""
    place = _note(boot)
    if place is None:
        return False
    try:
        handle = _opened(place)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # somebody holds it, or this file system has no locks
        return False
    else:
        return True
    finally:
        os.close(handle)


def _opened(place: Path, flags: int = 0) -> int:
    """Open a note to lock it. Another user's can only be read, which is enough on a disk of this machine."""
    try:
        return os.open(place, os.O_RDWR | _SAFE | flags, 0o666)
    except PermissionError:
        return os.open(place, os.O_RDONLY | _SAFE)


def _note(boot: str) -> Path | None:
    """Where a boot is noted; None for what is none, as of a system that has no boot ids."""
    return state_dir() / "boots" / boot if _BOOT.fullmatch(boot) else None
