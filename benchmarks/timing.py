"""The timing itself. Two ways of the same work are run in turns, so that a busy machine is busy for both.

Nothing here knows what is measured. Times are seconds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


def nothing() -> None:
    """What needs no preparation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One way of doing the work. ``prepare`` runs before each ``work`` and is not timed."""

    name: str
    work: Callable[[], object]
    prepare: Callable[[], object] = nothing


@dataclass(frozen=True, slots=True)
class Series:
    """What one way took, in the order of the rounds. Never empty."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one, or the mean of the two."""
        return statistics.median(self.seconds)

    @property
    def low(self) -> float:
        """The quickest round."""
        return min(self.seconds)

    @property
    def high(self) -> float:
        """The slowest round."""
        return max(self.seconds)


def in_turns(
    ways: tuple[Way, ...],
    rounds: int,
    *,
    warm: bool = True,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[Series, ...]:
    """Run A B A B … and give one series per way, in their order.

    warm: run each way once before, untimed, so that no way pays for cold disk caches
    """
    if rounds < 1:
        raise ValueError(f"{rounds} rounds measure nothing")
    for way in ways if warm else ():
        timed(way, clock)
    table = [[timed(way, clock) for way in ways] for _ in range(rounds)]
    return tuple(Series(tuple(column)) for column in zip(*table, strict=True))


def timed(way: Way, clock: Callable[[], float]) -> float:
    """Prepare, then time the work."""
    way.prepare()
    began = clock()
    way.work()
    return clock() - began
