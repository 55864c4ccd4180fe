"""What stands in a function and in those that it calls."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from ops0.core.analyzer.flow.places import Place, Places, as_function
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.walking import walk

__all__ = ["nodes_run"]


def nodes_run(
    place: Place, places: Places, concerns: Callable[[Module], bool]
) -> Iterator[tuple[ast.AST, Place]]:
    """The nodes of the function at a place, then of those that it calls, each function's once.

    concerns: whether a module is looked at; what functions of others call is not followed
    """
    seen: set[int] = set()
    pending = [place]
    while pending:
        here = pending.pop()
        if id(here.path[-1]) in seen or not concerns(here.module):
            continue
        seen.add(id(here.path[-1]))
        for node in walk(here.path[-1]):
            yield node, here
            if isinstance(node, ast.Call):
                callee = places.callee(node.func, here)
                if callee is not None and as_function(callee.node) is not None:
                    pending.append(callee.place)
