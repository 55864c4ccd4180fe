"""What executing a piece of code changes: the objects behind names, parameters, the state of libraries."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import NamedTuple

from ops0.core.analyzer.syntax.model import Cell
from ops0.core.analyzer.syntax.walking import walk

__all__ = ["CHANGE_FIRST", "CHANGE_OWNER", "Doings", "LocalName", "Root", "is_restless"]

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


class LocalName(NamedTuple):
    """A parameter, or another name of the function that is looked at. No Cell: those are pairs."""

    name: str


Root = Cell | LocalName
"""Where a value may come from: it is, holds, or was taken out of what this names."""


@dataclass(frozen=True, slots=True)
class Doings:
    """What executing a statement at the top of a module changes.

    changed:   changed for sure as far as can be told;  handed: given to code that may change it
    libraries: dotted names of the outside whose state is set;  called: those whose results nobody takes
    held:      (holders, what each of them may be or hold): thousands of either, so pairs are not written out
    """

    changed: frozenset[Cell] = frozenset()
    handed: frozenset[Cell] = frozenset()
    libraries: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()
    held: tuple[tuple[frozenset[Cell], frozenset[Cell]], ...] = ()


def is_restless(node: ast.AST) -> bool:
    """Whether calling a value changes what it holds: ``partial(next, rows)``, ``rows.append``."""
    return any(
        (isinstance(inner, ast.Name) and inner.id in CHANGE_FIRST)
        or (isinstance(inner, ast.Attribute) and inner.attr in CHANGE_OWNER)
        for inner in walk(node)
    )
