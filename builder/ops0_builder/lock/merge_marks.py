"""Why a file of a lock cannot be read: most often since a merge stopped in it."""

from __future__ import annotations

import re
from pathlib import Path

from ops0_builder.lock.errors import LockDamaged

_MARK = re.compile(rb"^(<{7}|>{7}) ", re.MULTILINE)
"""How git, hg and others begin and end what they could not merge."""


def unread(place: str, data: bytes, fact: str) -> LockDamaged:
    """The error of a file that is not in its language. ``fact``: what its parser says. Pure."""
    if not _MARK.search(data):
        return LockDamaged(place, "", fact)
    folder = Path(place).parent.name
    # HEAD is there in a merge, a rebase, a cherry-pick and a stash; the other side has another name in each.
    hint = f"take one side's folder whole, as by `git checkout HEAD -- {folder}`, then: ops0 lock"
    return LockDamaged(place, "", "a merge stopped here: both sides are in it", hint)
