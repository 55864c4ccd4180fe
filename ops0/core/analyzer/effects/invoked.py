"""What may be called where a name is only handed on: ``each(load, rows)``, ``Thread(target=refresh)``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.callables import Code
from ops0.core.analyzer.project.meanings import made_by
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import DEFINITIONS, Cell

if TYPE_CHECKING:
    from ops0.core.analyzer.effects.world import World

__all__ = ["functions_behind"]


def functions_behind(world: World, cell: Cell) -> tuple[Code, ...]:
    """What calling the value of a name may run, where it is a function or class, or holds some as it is written.

    Found once. Of what calls give, as ``rows = load()``, nothing is known: it is nearly always data.
    """
    known = world.behind.get(cell)
    if known is None:
        world.behind[cell] = ()  # a name that leads back to itself
        module = world.modules.get(cell[0])
        made = made_by(module, cell[1]) if module is not None else ()
        found = (
            code
            for node in made
            for written in _functions_in(node)
            for code in _run_by(world, world.modules[cell[0]], written)
        )
        known = world.behind[cell] = tuple(dict.fromkeys(found))
    return known


def _functions_in(node: ast.AST) -> Iterator[ast.AST]:
    """The definitions, lambdas and names that may be functions, which a value is or holds."""
    match node:
        case ast.Lambda() | ast.Name() | ast.Attribute():
            yield node
        case ast.Dict():
            yield from (one for value in node.values for one in _functions_in(value))
        case ast.List() | ast.Tuple() | ast.Set():
            yield from (one for value in node.elts for one in _functions_in(value))
        case ast.Call() if node.args and (chain_of(node.func) or ("",))[-1] == "partial":
            yield from _functions_in(node.args[0])
        case _ if isinstance(node, DEFINITIONS):
            yield node


def _run_by(world: World, module: Module, node: ast.AST) -> Iterator[Code]:
    chain = chain_of(node)
    if chain is None:
        yield from world.called_by(module, node, (), set())
    else:
        for cell in world.meaning(module, chain).cells:
            yield from functions_behind(world, cell)
