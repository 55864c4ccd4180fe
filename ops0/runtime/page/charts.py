"""What an attempt used over time, as curves. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ops0.runtime.page.words import number_words, size_words, time_words
from ops0.runtime.watching.history import AttemptHistory, Sample

WIDTH, HEIGHT = 520.0, 96.0


@dataclass(frozen=True, slots=True)
class Chart:
    """A curve in a box of WIDTH x HEIGHT.

    title: what is drawn;  top, bottom: the ends of the axis, as text;  peak: the highest of the curve, as text
    points: (x, y, what is said of it), for those who point at it
    """

    title: str
    line: str
    area: str
    top: str
    bottom: str
    peak: str
    length: str
    points: tuple[tuple[float, float, str], ...]


def usage_charts(attempt: AttemptHistory, now: float) -> tuple[Chart, ...]:
    """Processors and memory of one attempt; () where nothing was sampled."""
    if attempt.go is None or not attempt.samples:
        return ()
    end = attempt.ended or now
    # A process that has just ended holds nothing any more; that is no news of its work.
    held = [(one.at, float(one.memory)) for one in attempt.samples if one.memory]
    memory = _whole(held, attempt.go, end)
    busy = _whole(_busy(attempt, attempt.go, end), attempt.go, end)
    return (
        _chart("processors", busy, (attempt.go, end), number=_processors, least=1.0),
        _chart("memory", memory, (attempt.go, end), number=size_words, least=1e6),
    )


def _whole(
    points: list[tuple[float, float]], begin: float, end: float
) -> list[tuple[float, float]]:
    """From its first moment to its last: what was sampled first and last is all that is known of these."""
    if not points:
        return [(begin, 0.0), (end, 0.0)]
    last = [] if points[-1][0] >= end else [(end, points[-1][1])]
    return [(begin, points[0][1]), *points, *last]


def _processors(value: float) -> str:
    return f"{value:.2f}"


def _busy(attempt: AttemptHistory, begin: float, end: float) -> list[tuple[float, float]]:
    """Processors that it kept busy between each two samples; the last stretch from what its runner said."""
    samples = list(attempt.samples)
    if attempt.cpu is not None and end - samples[-1].at > 0.05:
        samples.append(Sample(end, max(attempt.cpu, samples[-1].cpu), samples[-1].memory))
    found = []
    last = Sample(begin, 0.0, 0)
    for number, one in enumerate(samples):
        passed = one.at - last.at
        if passed > 0:
            # The first sample also has what was used before the inputs came, which is no work of this stretch.
            used = one.cpu - (last.cpu if number else attempt.imports or 0.0)
            found.append((one.at, max(0.0, used) / passed))
        last = one
    return found


def metric_chart(name: str, points: Sequence[tuple[float, float]]) -> Chart:
    """A metric over its steps."""
    low, high = points[0][0], points[-1][0]
    return _chart(name, points, (low, high), number=number_words, least=None, along=number_words)


def _chart(
    title: str,
    points: Sequence[tuple[float, float]],
    span: tuple[float, float],
    *,
    number: Callable[[float], str],
    least: float | None,
    along: Callable[[float], str] = time_words,
) -> Chart:
    """``least``: the axis begins at 0 and reaches at least so far; None: it is as long as the values."""
    begin, end = span
    values = [value for _, value in points]
    bottom = 0.0 if least is not None else min(values)
    top = round_up(max([*values, least])) if least is not None else max(values)
    height, width = (top - bottom) or 1.0, (end - begin) or 1.0
    placed = [
        (
            round(max(0.0, min(1.0, (at - begin) / width)) * WIDTH, 1),
            round(HEIGHT - (value - bottom) / height * HEIGHT, 1),
            f"{number(value)} at {along(at - begin if least is not None else at)}",
        )
        for at, value in points
    ]
    line = "M" + "L".join(f"{x:g} {y:g}" for x, y, _ in placed)
    area = f"{line}L{placed[-1][0]:g} {HEIGHT:g}L{placed[0][0]:g} {HEIGHT:g}Z"
    return Chart(
        title=title,
        line=line,
        area=area,
        top=number(top),
        bottom=number(bottom) if least is None else "",
        peak=number(max(values)),
        length=along(end - begin if least is not None else end),
        points=tuple(placed),
    )


def round_up(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten: an axis that reads well."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= value * 0.999999
    )
