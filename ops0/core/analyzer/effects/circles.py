"""What leads back to itself, found in one walk."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

__all__ = ["circles"]

Thing = TypeVar("Thing", bound=Hashable)


def circles(start: Thing, leads_to: Callable[[Thing], Iterable[Thing]]) -> Iterator[list[Thing]]:
    """All that ``start`` leads to, itself included: in groups that lead to each other, each after those it leads to.

    ``leads_to`` is asked once of each thing, and may leave out what has been given already. Nothing recurs: what is
    asked about may be deeper than Python's stack.
    source: R. Tarjan, Depth-first search and linear graph algorithms, 1972

    >>> graph = {"a": "bd", "b": "c", "c": "b", "d": ""}
    >>> [sorted(group) for group in circles("a", graph.__getitem__)]
    [['b', 'c'], ['d'], ['a']]
    """
    given: set[Thing] = set()
    places = {start: 0}  # of what has been met and not been given
    met = [start]
    first = [0]  # by place: the first one that it leads back to
    path = [(start, iter(leads_to(start)))]
    while path:
        here, rest = path[-1]
        at = places[here]
        for following in rest:
            if following in places:
                first[at] = min(first[at], places[following])
            elif following not in given:
                places[following] = len(met)
                first.append(len(met))
                met.append(following)
                path.append((following, iter(leads_to(following))))
                break
        else:
            path.pop()
            if path:
                before = places[path[-1][0]]
                first[before] = min(first[before], first[at])
            if first[at] == at:
                group = met[at:]
                del met[at:], first[at:]
                given.update(group)
                for one in group:
                    del places[one]
                yield group
