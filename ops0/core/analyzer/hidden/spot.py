"""An expression together with the place where its names count."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.frames import Around

__all__ = ["Spot", "sum_of"]


@dataclass(frozen=True, slots=True)
class Spot:
    """An expression, and where its names count: the module and the definitions around."""

    module: Module
    node: ast.expr
    around: Around = ()

    def at(self, node: ast.expr) -> Spot:
        """Another expression of the same place."""
        return Spot(self.module, node, self.around)


def sum_of(start: Spot, more: Sequence[Spot]) -> Spot:
    """``start + a + b`` as one expression; a part from elsewhere stays where it is by being looked at in its place."""
    node: ast.expr = start.node
    for one in more:
        if one.module is start.module:
            node = ast.copy_location(ast.BinOp(node, ast.Add(), one.node), one.node)
    around = max((start, *more), key=lambda one: len(one.around)).around
    return replace(start, node=node, around=around)
