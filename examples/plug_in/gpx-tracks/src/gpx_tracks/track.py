"""A track: points on the earth, in order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

EARTH = 6_371_008.8
"""Mean radius in metres (IUGG)."""


class Point(NamedTuple):
    """Degrees north and east (WGS 84), metres above the sea."""

    latitude: float
    longitude: float
    elevation: float


class Track:
    """Points in the order in which they were passed."""

    def __init__(self, name: str, points: Sequence[Point]) -> None:
        self.name = name
        self.points = tuple(points)

    def length(self) -> float:
        """Metres along the ground, on a sphere."""
        return sum(_distance(one, other) for one, other in _pairs(self.points))

    def ascent(self) -> float:
        """Metres climbed."""
        return sum(max(0.0, other.elevation - one.elevation) for one, other in _pairs(self.points))

    def to_frame(self):
        """The points as a pandas frame; needs pandas, which the package itself does not."""
        import pandas as pd

        return pd.DataFrame(self.points, columns=list(Point._fields))


def _pairs(points):
    return ((points[at - 1], points[at]) for at in range(1, len(points)))


def _distance(one: Point, other: Point) -> float:
    """Haversine, in metres."""
    first, second = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = (
        math.sin((second - first) / 2) ** 2
        + math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
    )
    return 2 * EARTH * math.asin(math.sqrt(half))
