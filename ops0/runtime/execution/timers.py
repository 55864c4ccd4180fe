"""Things that happen at a time: limits that run out, attempts that are due. No thread, no clock of its own."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Literal

from ops0.core.pipeline import CallId

TimerKind = Literal["limit", "ready", "retry"]


@dataclass(frozen=True, slots=True, order=True)
class Timer:
    """One of them. ``at`` on the monotonic clock; ``number`` keeps the order of equal times."""

    at: float
    number: int
    kind: TimerKind
    call: CallId
    attempt: int


class Timers:
    """A heap of timers."""

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._number = 0

    def set(self, at: float, kind: TimerKind, call: CallId, attempt: int) -> None:
        """Add one."""
        self._number += 1
        heapq.heappush(self._heap, Timer(at, self._number, kind, call, attempt))

    @property
    def next(self) -> float | None:
        """When the first one is due, or None."""
        return self._heap[0].at if self._heap else None

    def take_due(self, now: float) -> tuple[Timer, ...]:
        """Those that are due, oldest first; they are gone from the heap."""
        due: list[Timer] = []
        while self._heap and self._heap[0].at <= now:
            due.append(heapq.heappop(self._heap))
        return tuple(due)
