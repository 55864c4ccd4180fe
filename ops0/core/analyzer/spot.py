"""An expression together with the place where its names count."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from ops0.core.analyzer.frames import Around
from ops0.core.analyzer.modules import Module

__all__ = ["Spot"]


@dataclass(frozen=True, slots=True)
class Spot:
    """An expression, and where its names count: the module and the definitions around."""

    module: Module
    node: ast.expr
    around: Around = ()

    def at(self, node: ast.expr) -> Spot:
        """Another expression of the same place."""
        return replace(self, node=node)
