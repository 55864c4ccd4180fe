"""How long and how often a registry is asked: back-off, what it says itself with ``Retry-After``, and stopping."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ops0_builder.registry.errors import RegistryUnreachable

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A registry will be asked again. ``seconds``: from now;  ``cause``: why the last attempt failed."""

    host: str
    request: str
    cause: str
    seconds: float


OnWait = Callable[[Waiting], None]
"""Told before each wait, on any thread."""


def _say_nothing(_: Waiting) -> None:
    """Tell nobody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """All in seconds but ``attempts``, and who is told.

    connect: for a connection, and for each piece that is sent;  idle: for each piece of an answer
    whole:   for an answer, from when all is sent to its last piece; none is large
    first:   the wait after the first failure, doubled after each further one, up to ``longest``
    asked:   the longest ``Retry-After`` that is obeyed
    """

    connect: float = 15.0
    idle: float = 60.0
    whole: float = 120.0
    attempts: int = 6
    first: float = 0.5
    longest: float = 20.0
    asked: float = 300.0
    on_wait: OnWait = field(default=_say_nothing, compare=False)


class Transient(Exception):
    """An attempt failed in a way that may pass. ``after``: seconds that the registry asks to wait."""

    def __init__(self, cause: str, after: float | None = None) -> None:
        super().__init__(cause)
        self.cause, self.after = cause, after


class Stopped(Exception):
    """Whoever asked does not want the answer any more: another request failed, or Ctrl-C."""


def patiently(
    attempt: Callable[[], T], *, host: str, request: str, patience: Patience, stop: threading.Event
) -> T:
    """Try until it works. Raises RegistryUnreachable after the last attempt, Stopped, and what is not Transient."""
    count = 0
    while True:
        if stop.is_set():
            raise Stopped
        count += 1
        try:
            return attempt()
        except Transient as fault:
            wait = _wait(fault, count, patience)
            if wait is None:
                raise RegistryUnreachable(host, request, fault.cause, count) from None
            cause = fault.cause
        waiting = Waiting(host=host, request=request, cause=cause, seconds=wait)
        patience.on_wait(waiting)
        if stop.wait(wait):
            raise Stopped


def _wait(fault: Transient, count: int, patience: Patience) -> float | None:
    """Seconds until the next attempt; None for no further one."""
    if count >= patience.attempts:
        return None
    if fault.after is not None:
        return fault.after if fault.after <= patience.asked else None
    wait: float = min(patience.longest, patience.first * 2 ** (count - 1))
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - so that workers do not ask all at once
