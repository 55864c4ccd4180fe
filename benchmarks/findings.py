"""What was found, as values, and the table that shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from benchmarks.timing import Series

Unit = Literal["s", "ms", "MB"]
Kind = Literal["ratio", "over"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One comparison.

    ours, theirs: medians in ``unit``;  spread: lowest and highest of each, or None where measured once
    kind:         ``ratio``: ours / theirs is held against the target; ``over``: ours - theirs is, in ``unit``
    target:       at most this, or None
    """

    name: str
    against: str
    unit: Unit
    ours: float
    theirs: float
    ours_spread: tuple[float, float] | None
    theirs_spread: tuple[float, float] | None
    kind: Kind
    target: float | None
    rounds: int

    @property
    def figure(self) -> float:
        """What is held against the target."""
        return self.ours / self.theirs if self.kind == "ratio" else self.ours - self.theirs


def compare(
    name: str,
    against: str,
    ours: Series,
    theirs: Series,
    *,
    target: float | None,
    unit: Unit = "s",
    kind: Kind = "ratio",
) -> Finding:
    """A finding from two series of seconds."""
    factor = 1000.0 if unit == "ms" else 1.0
    return Finding(
        name=name,
        against=against,
        unit=unit,
        ours=ours.median * factor,
        theirs=theirs.median * factor,
        ours_spread=(ours.low * factor, ours.high * factor),
        theirs_spread=(theirs.low * factor, theirs.high * factor),
        kind=kind,
        target=target,
        rounds=len(ours.seconds),
    )


def as_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Plain data, with the figure that the target is about."""
    return [asdict(one) | {"figure": round(one.figure, 4)} for one in findings]


def table(findings: Iterable[Finding]) -> str:
    """Lines for a terminal: median (lowest to highest) of both ways, the figure, the target, whether it holds."""
    head = ("what", "ops0", "against", "", "figure", "target", "")
    rows = [head, *(_row(one) for one in findings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines)


def _row(one: Finding) -> tuple[str, ...]:
    ratio = one.kind == "ratio"
    figure = f"{one.figure:.2f} x" if ratio else f"{one.figure:+.0f} {one.unit}"
    limit = (
        ""
        if one.target is None
        else f"{one.target:g} x"
        if ratio
        else f"{one.target:+g} {one.unit}"
    )
    target = f"<= {limit}" if limit else ""
    verdict = "" if one.target is None else ("ok" if one.figure <= one.target else "MISSED")
    return (
        one.name,
        _spread(one.ours, one.ours_spread, one.unit),
        one.against,
        _spread(one.theirs, one.theirs_spread, one.unit),
        figure,
        target,
        verdict,
    )


def _spread(middle: float, ends: tuple[float, float] | None, unit: Unit) -> str:
    digits = 2 if unit == "s" else 0
    text = f"{middle:,.{digits}f} {unit}"
    return text if ends is None else f"{text} ({ends[0]:,.{digits}f}-{ends[1]:,.{digits}f})"
