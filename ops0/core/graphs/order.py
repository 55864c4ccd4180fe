"""Order and cycles of a graph, as names and the names that each waits for. Pure.

>>> run_order(["b", "a"], {"b": ["a"]})
('a', 'b')
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from ops0.core.errors import InvalidPipelineError


class PipelineCycle(InvalidPipelineError):
    """Steps that wait for each other. ``path`` starts and ends with the same name."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(
            f"steps wait for each other: {' -> '.join(path)}",
            "an arrow means 'waits for': break one of them, by renaming a parameter or an output",
        )
        self.path = path


def run_order(names: Iterable[str], needs: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """An order in which everything comes after what it needs; otherwise as given.

    needs:  name -> the names that it waits for; all of them in ``names``
    raises: PipelineCycle
    """
    names = tuple(names)
    place = {name: index for index, name in enumerate(names)}
    waiting = {name: len(set(needs.get(name, ()))) for name in names}
    feeds: dict[str, list[str]] = defaultdict(list)
    for name in names:
        for need in set(needs.get(name, ())):
            feeds[need].append(name)
    ready = [place[name] for name in names if not waiting[name]]
    heapq.heapify(ready)
    order: list[str] = []
    while ready:
        name = names[heapq.heappop(ready)]
        order.append(name)
        for fed in feeds[name]:
            waiting[fed] -= 1
            if not waiting[fed]:
                heapq.heappush(ready, place[fed])
    if len(order) < len(names):
        raise PipelineCycle(_cycle({name: needs[name] for name in names if waiting[name]}))
    return tuple(order)


def _cycle(needs: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """One cycle among names that all wait for another of them."""
    path: list[str] = []
    seen: dict[str, int] = {}
    name = min(needs)
    while name not in seen:
        seen[name] = len(path)
        path.append(name)
        name = min(need for need in needs[name] if need in needs)
    return (*path[seen[name] :], name)
