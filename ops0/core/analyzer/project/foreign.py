"""Attributes that are surely a library's own: ``json.load`` asks no class of the project for its ``load``."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, resolve, resolve_import
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Imported, imported_by
from ops0.core.analyzer.syntax.walking import walk

__all__ = ["outside_in"]


def outside_in(module: Module, node: ast.AST) -> Callable[[ast.Attribute], bool]:
    """Whether an attribute in a piece of code is one of an imported library: a name that the code binds is none."""
    bound: set[str] = set()
    imports: dict[str, list[Imported]] = {}
    for one in walk(node):
        if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load):
            bound.add(one.id)
        elif isinstance(one, ast.arg):
            bound.add(one.arg)
        elif isinstance(one, (ast.Import, ast.ImportFrom)):
            for each in imported_by(one):
                imports.setdefault(each.bound, []).append(each)

    def is_outside(asked: ast.Attribute) -> bool:
        chain = chain_of(asked)
        if chain is None or chain[0] in bound:
            return False
        if chain[0] in imports:
            found = [resolve_import(module, one, chain[1:]) for one in imports[chain[0]]]
            return all(isinstance(one, External) for one in found)
        units = module.bindings.get(chain[0], ())
        imported = bool(units) and all(unit.imports for unit in units)
        return imported and isinstance(resolve(module, chain), External)

    return is_outside
