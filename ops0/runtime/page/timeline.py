"""When what happened: a row for each call, a bar for each stretch of its attempts. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ops0.runtime.page.words import time_words
from ops0.runtime.watching.history import AttemptHistory, CallHistory

BarKind = Literal["start", "wait", "work", "failed", "pause", "dismissed"]
_NAMES: dict[BarKind, str] = {
    "start": "starting and importing",
    "wait": "ready, waiting for its inputs",
    "work": "working",
    "failed": "worked, and failed",
    "pause": "pausing before the next attempt",
    "dismissed": "was ready, and not needed",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """``left`` and ``width`` in percent of the run; ``tip``: what it is."""

    kind: BarKind
    left: float
    width: float
    tip: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the axis: where, in percent, and which time."""

    left: float
    label: str


def bars(call: CallHistory, length: float) -> tuple[Bar, ...]:
    """The bars of one call, in order. ``length``: of the run so far, in seconds."""
    found: list[Bar] = []
    last: float | None = None
    for attempt in call.attempts:
        if last is not None and attempt.starting > last:
            found.append(_bar("pause", last, attempt.starting, length, attempt.number))
        for kind, begin, end in _stretches(attempt, length):
            found.append(_bar(kind, begin, end, length, attempt.number))
        last = attempt.ended
    return tuple(found)


def working(attempt: AttemptHistory, now: float) -> float | None:
    """Seconds from when it had its inputs and its imports to its end; None if it never had."""
    stretches = [one for one in _stretches(attempt, now) if one[0] in ("work", "failed")]
    return None if not stretches else stretches[0][2] - stretches[0][1]


def _stretches(attempt: AttemptHistory, now: float) -> Iterator[tuple[BarKind, float, float]]:
    """Starting ends with the runner's ready; it waits if that was before its inputs; work ends with a verdict."""
    end = now if attempt.ended is None else attempt.ended
    up = min(end if attempt.ready is None else attempt.ready, end)
    yield "start", attempt.starting, up
    if attempt.go is None:
        if attempt.ready is not None:
            yield ("dismissed" if attempt.ending == "dismissed" else "wait"), up, end
        return
    begin = max(up, attempt.go)
    if begin > up:
        yield "wait", up, begin
    yield ("failed" if attempt.ending == "failed" else "work"), begin, end


def _bar(kind: BarKind, begin: float, end: float, length: float, attempt: int) -> Bar:
    whole = length or 1.0
    of = f"attempt {attempt}: " if attempt > 1 else ""
    return Bar(
        kind=kind,
        left=round(100 * begin / whole, 3),
        width=round(100 * max(0.0, end - begin) / whole, 3),
        tip=f"{of}{_NAMES[kind]}, {time_words(max(0.0, end - begin))}",
    )


def ticks(length: float) -> tuple[Tick, ...]:
    """Some five marks at round times."""
    if length <= 0:
        return ()
    raw = length / 5
    power = 10.0 ** math.floor(math.log10(raw))
    steps = (60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400)
    step = next((one for one in steps if one >= raw), 86400.0) if raw > 30 else 0.0
    step = step or next(one * power for one in (1, 2, 5, 10) if one * power >= raw)
    return tuple(
        Tick(round(100 * number * step / length, 3), time_words(number * step) if number else "0")
        for number in range(math.floor(length / step) + 1)
    )
