"""Where the calls of a run stand in its picture: in layers from left to right, edges as curves. Pure.

The usual way (Sugiyama): a call's layer is the longest way to it; edges over several layers pass through empty
places; the order within the layers follows the mean of the neighbours' places, swept back and forth.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP_X, GAP_Y = 168.0, 40.0, 56.0, 16.0
_SWEEPS = 6
_MOST_PLACES = 4000


@dataclass(frozen=True, slots=True)
class Node:
    """A call's box: its upper left corner."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A curve from a call to one that reads it, as an SVG path."""

    start: str
    end: str
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All boxes and curves, and the room that they take."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: float
    height: float


def lay_out(after: Mapping[str, Sequence[str]]) -> Picture:
    """The picture of a graph.

    after: each call, in an order where what it reads stands before it -> what it reads
    """
    layer = layers_of(after)
    chains = _chains(after, layer)
    rows = _ordered(after, layer, chains)
    place = _places(rows)
    nodes = tuple(Node(name, *place[name]) for name in after)
    edges = tuple(
        Edge(start, end, _curve([place[one] for one in chain]))
        for (start, end), chain in chains.items()
    )
    deepest = max((len(row) for row in rows), default=0)
    width = len(rows) * (WIDTH + GAP_X) - GAP_X
    return Picture(nodes, edges, max(width, 0.0), max(deepest * (HEIGHT + GAP_Y) - GAP_Y, 0.0))


def layers_of(after: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The longest way to each call, in calls before it."""
    layer: dict[str, int] = {}
    for name, sources in after.items():
        layer[name] = max((layer[one] + 1 for one in sources), default=0)
    return layer


def _chains(
    after: Mapping[str, Sequence[str]], layer: Mapping[str, int]
) -> dict[tuple[str, str], list[str]]:
    """Each edge as the places it passes: its ends, and one in each layer between; straight where they are too many."""
    edges = [(source, name) for name, sources in after.items() for source in sources]
    through = sum(layer[end] - layer[start] - 1 for start, end in edges) <= _MOST_PLACES
    return {
        (start, end): [
            start,
            *(f"\0{start}\0{end}\0{at}" for at in range(layer[start] + 1, layer[end]) if through),
            end,
        ]
        for start, end in edges
    }


def _ordered(
    after: Mapping[str, Sequence[str]],
    layer: Mapping[str, int],
    chains: Mapping[tuple[str, str], list[str]],
) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    before: dict[str, list[str]] = {}
    behind: dict[str, list[str]] = {}
    for name in after:
        rows[layer[name]].append(name)
    for (start, _), chain in chains.items():
        for step, one in enumerate(chain[1:-1], start=1):
            rows[layer[start] + step].append(one)
        for one, following in itertools.pairwise(chain):
            before.setdefault(following, []).append(one)
            behind.setdefault(one, []).append(following)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        at = {one: place for row in rows for place, one in enumerate(row)}
        for row in rows if forth else reversed(rows):
            _sort(row, before if forth else behind, at)
    return rows


def _sort(row: list[str], beside: Mapping[str, list[str]], at: dict[str, int]) -> None:
    def mean(one: str) -> float:
        others = beside.get(one)
        return sum(at[other] for other in others) / len(others) if others else at[one]

    row.sort(key=mean)
    at.update({one: place for place, one in enumerate(row)})


def _places(rows: list[list[str]]) -> dict[str, tuple[float, float]]:
    """Rows are centred on the longest."""
    deepest = max((len(row) for row in rows), default=0)
    return {
        one: (
            number * (WIDTH + GAP_X),
            (place + (deepest - len(row)) / 2) * (HEIGHT + GAP_Y),
        )
        for number, row in enumerate(rows)
        for place, one in enumerate(row)
    }


def _curve(places: list[tuple[float, float]]) -> str:
    """From the right side of the first box to the left side of the last, level at every box it passes."""
    x, y = places[0][0] + WIDTH, places[0][1] + HEIGHT / 2
    parts = [f"M{x:g} {y:g}"]
    for number, (left, top) in enumerate(places[1:], start=1):
        end_x, end_y = left, top + HEIGHT / 2
        bend = (end_x - x) / 2
        parts.append(f"C{x + bend:g} {y:g} {end_x - bend:g} {end_y:g} {end_x:g} {end_y:g}")
        x, y = end_x, end_y
        if number < len(places) - 1:
            x += WIDTH
            parts.append(f"L{x:g} {y:g}")
    return "".join(parts)
