"""Imports that functions make global: ``global pl`` and ``import polars as pl`` in a body."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import FUNCTIONS, Imported
from ops0.core.analyzer.syntax.scopes import bound_by
from ops0.core.analyzer.syntax.walking import walk

__all__ = ["late_imports"]


def late_imports(module: Module) -> Mapping[str, tuple[Imported, ...]]:
    """Name to the imports that bind it for the whole module as soon as a function has run; found once."""
    known = module.memory.late
    if known is None:
        some = any(b"global" in line for line in module.parsed.lines)
        known = module.memory.late = _found(module.parsed.tree) if some else {}
    return known


def _found(tree: ast.Module) -> dict[str, tuple[Imported, ...]]:
    found: dict[str, tuple[Imported, ...]] = {}
    for node in walk(tree):
        if isinstance(node, FUNCTIONS):
            scope = bound_by(node.body, "function")
            for name in scope.globals & scope.imports.keys():
                found[name] = (*found.get(name, ()), *scope.imports[name])
    return found
