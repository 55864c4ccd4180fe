"""What is asked again until nothing changes, in an order in which little is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush

__all__ = ["in_rounds"]


def in_rounds(count: int, ask: Callable[[int], Iterable[int]]) -> None:
    """Ask each of ``count`` things, then whatever depends on one that has changed, until none changes.

    Those that come later are asked in the same round, the others in the next: so a change has gone through all things
    once before one is asked again. First come, first served asks twice as often in a circle of 9,000 functions.
    ask: asks the thing at a place; gives the places of those that depend on it, if it has changed
    """
    waiting, following = set(range(count)), set[int]()
    while waiting:
        queue = list(waiting)
        heapify(queue)
        while queue:
            here = heappop(queue)
            waiting.discard(here)
            for one in ask(here):
                if one <= here:
                    following.add(one)
                elif one not in waiting:
                    waiting.add(one)
                    heappush(queue, one)
        waiting, following = following, set()
