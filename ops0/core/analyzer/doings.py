"""What executing a piece of code changes: the objects behind names, parameters, the state of libraries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from ops0.core.analyzer.callables import Code
from ops0.core.analyzer.model import Cell

__all__ = ["CHANGE_FIRST", "CHANGE_OWNER", "Doings", "Known", "Local", "Root"]

CHANGE_OWNER = frozenset(
    {
        "__delitem__",
        "__setattr__",
        "__setitem__",
        "add",
        "append",
        "appendleft",
        "clear",
        "difference_update",
        "discard",
        "extend",
        "extendleft",
        "insert",
        "intersection_update",
        "move_to_end",
        "pop",
        "popitem",
        "popleft",
        "register",
        "remove",
        "reverse",
        "rotate",
        "setdefault",
        "sort",
        "subtract",
        "symmetric_difference_update",
        "update",
    }
)
"""Methods of Python's own collections that change them."""

CHANGE_FIRST = frozenset(
    {
        "delattr",
        "heapify",
        "heappop",
        "heappush",
        "heappushpop",
        "heapreplace",
        "insort",
        "insort_left",
        "insort_right",
        "next",
        "setattr",
        "shuffle",
        "update_wrapper",
    }
)
"""Functions of Python and its library that change what they are given first."""


class Local(NamedTuple):
    """A parameter, or another name of the function that is looked at. No Cell: those are pairs."""

    name: str


Root = Cell | Local
"""Where a value may come from: it is, holds, or was taken out of what this names."""


@dataclass
class Doings:
    """What executing changes.

    changed:   changed for sure as far as can be told;  handed: given to code that may change it
    libraries: dotted names of the outside whose state is set;  called: those whose results nobody takes
    returned:  what the result may be or hold;  held: (holder, what it may be or hold)
    """

    changed: set[Root] = field(default_factory=set)
    handed: set[Root] = field(default_factory=set)
    libraries: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    returned: set[Root] = field(default_factory=set)
    held: set[tuple[Root, Root]] = field(default_factory=set)

    def take(self, other: Doings, name: str) -> None:
        """Add what another does, with one name for all its parameters."""
        for mine, theirs in (
            (self.changed, other.changed),
            (self.handed, other.handed),
            (self.returned, other.returned),
        ):
            mine |= {Local(name) if isinstance(root, Local) else root for root in theirs}
        self.libraries |= other.libraries
        self.called |= other.called

    def size(self) -> int:
        """Grows whenever something is added."""
        roots = len(self.changed) + len(self.handed) + len(self.returned) + len(self.held)
        return roots + len(self.libraries) + len(self.called)


Known = Callable[[Code], Doings]
"""What calling a piece of code does, as far as is known by now."""
