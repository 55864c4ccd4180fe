"""A few descriptors held back, so that a step that has used up all of them can still say how it failed. Python 3.8."""

from __future__ import annotations

import os
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

_ENOUGH = 4
_held: List[int] = []


def hold_back() -> None:
    """Hold them."""
    with suppress(OSError):
        while len(_held) < _ENOUGH:
            _held.append(os.open(os.devnull, os.O_RDONLY))


def let_go() -> None:
    """Give them to whatever has to be opened now. Those that the step has closed, or has files in place of, stay."""
    while _held:
        one = _held.pop()
        with suppress(OSError):
            if os.path.samestat(os.fstat(one), os.stat(os.devnull)):
                os.close(one)
