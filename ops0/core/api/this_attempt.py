"""``ops0.attempt()``: which try at which call of which run this is. Runs in images: Python 3.8."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, List

__all__ = ["ThisAttempt", "attempt", "begin", "new_key", "within"]


class ThisAttempt:
    """Where a step runs. In a plain call of the function ``run`` and ``call`` are empty and ``number`` is 1.

    run:    its id; empty where ``ops0.run()`` calls the steps in its own process
    call:   the step's name; in a loop and of mapped calls with the item
    number: 1 for the first attempt at this call, also where ``--resume`` goes on
    key:    32 hexadecimal digits, the same for every attempt at this call in this run and for nothing else: an
            idempotency key for services that must do a thing once
    """

    __slots__ = ("call", "key", "number", "run")

    def __init__(self, run: str, call: str, number: int, key: str) -> None:
        self.run, self.call, self.number, self.key = run, call, number, key

    def __repr__(self) -> str:
        return f"ThisAttempt(run={self.run!r}, call={self.call!r}, number={self.number})"


_under_way: List[ThisAttempt] = []


def attempt() -> ThisAttempt:
    """Return the attempt that is running. A plain call, outside a run, is attempt 1, with a new key each time."""
    return _under_way[-1] if _under_way else ThisAttempt("", "", 1, new_key())


def new_key() -> str:
    """Make a key for what belongs to no run."""
    return os.urandom(16).hex()


def begin(run: str, call: str, number: int) -> None:
    """Let this be the attempt from now on. For the runner."""
    key = hashlib.sha256(f"{run}/{call}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
    _under_way[:] = [ThisAttempt(run, call, number, key)]


@contextmanager
def within(this: ThisAttempt) -> Iterator[None]:
    """Let this be the attempt for a block, for steps that are called in the process that asks."""
    _under_way.append(this)
    try:
        yield
    finally:
        _under_way.pop()
