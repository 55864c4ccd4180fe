"""Stretches of time of a run, for whoever collects traces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """One stretch. ``start``, ``end``: nanoseconds since 1970, UTC.

    key:    unique in its run;  parent: the key of the one that it belongs to, or None
    error:  why it failed, or None
    events: what happened in it: (nanoseconds, name, attributes)
    """

    key: str
    parent: str | None
    name: str
    start: int
    end: int
    error: str | None
    attributes: Mapping[str, str | int | float] = field(default_factory=dict)
    events: tuple[tuple[int, str, Mapping[str, str | int | float]], ...] = ()
