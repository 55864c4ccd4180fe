"""Measure how long a block takes, in tests of your own.

::

    with measure_performance() as timer:
        result = step(data)
    assert timer.elapsed < 0.1

The contributor guide promises it: docs/reference/guide-coverage.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Timer", "measure_performance"]


class Timer:
    """A stopwatch. ``elapsed``: seconds so far while the block runs, of the whole block once it has ended."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._began = clock()
        self._ended: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds, by a clock that never goes back."""
        return (self._clock() if self._ended is None else self._ended) - self._began

    def stop(self) -> None:
        """Hold the time. A second call changes nothing."""
        if self._ended is None:
            self._ended = self._clock()


@contextmanager
def measure_performance() -> Iterator[Timer]:
    """Time a block by wall clock, also where it raises."""
    timer = Timer()
    try:
        yield timer
    finally:
        timer.stop()
