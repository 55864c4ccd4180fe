"""Classes with others of the same file as bases: what a base calls on ``self`` may be theirs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from ops0.core.analyzer.flow.bodies import Function
from ops0.core.analyzer.flow.places import Callee, Place, is_self
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.conditions import chain_of

__all__ = ["Heirs", "heirs_of", "overriding"]

Heirs = Mapping[str, Sequence[ast.ClassDef]]
"""The name of a class at a module's top -> the classes there that name it as a base."""


def heirs_of(module: Module) -> Heirs:
    """The classes at the top of a module that have others of it as bases."""
    found: dict[str, list[ast.ClassDef]] = {}
    for node in module.parsed.tree.body:
        for base in node.bases if isinstance(node, ast.ClassDef) else ():
            chain = chain_of(base)
            if isinstance(node, ast.ClassDef) and chain is not None and len(chain) == 1:
                found.setdefault(chain[0], []).append(node)
    return found


def overriding(func: ast.expr, place: Place, heirs: Heirs) -> Iterator[Callee]:
    """The methods of heirs that ``self.name`` may be, in a method of their base."""
    if (
        isinstance(func, ast.Attribute)
        and isinstance(func.value, ast.Name)
        and place.owner is not None
        and is_self(func.value.id, place)
    ):
        for heir in _all_heirs(place.owner, heirs):
            for one in heir.body:
                if isinstance(one, Function) and one.name == func.attr:
                    yield Callee(Place(place.module, (heir, one)), bound=True)


def _all_heirs(node: ast.ClassDef, heirs: Heirs) -> list[ast.ClassDef]:
    found: list[ast.ClassDef] = []
    pending = [*heirs.get(node.name, ())]
    while pending:
        one = pending.pop()
        if one not in found:
            found.append(one)
            pending += heirs.get(one.name, ())
    return found
