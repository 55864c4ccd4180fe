"""Functions that are registered on an object: ``@app.command()``, ``@app.get("/")``, ``@model("x")``.

A library's object, or a table of the project that its own decorators fill. The object may be a function that a
library's decorator made one: ``@click.group()``, ``@functools.singledispatch``.

Whoever runs the object wants all of them: ``app()``, ``uvicorn.run(app)``. A function that is only registered on it as
well does not: it runs by itself, whatever else stands on the same object.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.doings import Doings
from ops0.core.analyzer.effects.elsewhere import side_effects
from ops0.core.analyzer.effects.filling import is_noted_by_decorators
from ops0.core.analyzer.effects.looking import Bits
from ops0.core.analyzer.effects.registered import registration_of, whens_of_base
from ops0.core.analyzer.effects.stateless import is_stateless
from ops0.core.analyzer.project.meanings import bases, made_by
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, Local, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import DEFINITIONS, Cell, Unit

if TYPE_CHECKING:
    from ops0.core.analyzer.effects.world import World

__all__ = ["note_changes"]


def note_changes(world: World, module: Module, unit: Unit, done: Doings) -> None:
    """Note in a world what a statement changes, by what it changes."""
    own = is_noted_by_decorators(unit.node, lambda base: bool(world.hooks(module, base)))
    registered = {
        **(dict.fromkeys(done.changed, "own") if own else {}),
        **_registered_on(module, unit),
    }
    for root in done.changed:
        if registered.get(root) != "wrapped":
            table = world.registrants if root in registered else world.changers
            table[root] = table.get(root, 0) | world.statements[module.path, unit.index]
    for root, how in registered.items():
        if how == "registered" and isinstance(unit.node, DEFINITIONS):
            _note_holders(world, (module.path, unit.node.name), world.cells[root])
    for holders, held in done.held:
        every = world.cells.bits(holders)
        for one in held:
            if not is_stateless(world.modules, one):
                _note_holders(world, one, every & ~world.cells[one])
    if done.libraries or done.called:
        world.outward.append((module, unit))
    for base in bases(module, unit.node):
        world.heirs.setdefault(base, []).append((module, unit))
    noted = registration_of(module, unit)
    if noted is not None:
        world.registered.append((module, unit, noted))
    if isinstance(unit.node, ast.ClassDef) and any(
        whens_of_base(module, one) for one in unit.node.bases
    ):
        world.known_to_bases.append((module, unit))


def _note_holders(world: World, cell: Cell, holders: Bits) -> None:
    if holders:
        world.holders[cell] = world.holders.get(cell, 0) | holders


def _registered_on(module: Module, unit: Unit) -> dict[Cell, str]:
    """The names of a library's objects on which a definition's decorators register it, imported names included.

    To ``wrapped`` where they only wrap it, as a logger's or a cache's do.
    """
    if not isinstance(unit.node, DEFINITIONS):
        return {}
    found: dict[Cell, str] = {}
    for decorator in unit.node.decorator_list:
        chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
        owner = resolve(module, chain[:1]) if chain is not None and len(chain) > 1 else None
        if chain is None or not isinstance(owner, Local) or owner.rest:
            continue
        makers = _makers(owner)
        if makers:
            how = "wrapped" if makers <= side_effects().wrapping else "registered"
            found[module.path, chain[0]] = found[owner.module.path, owner.name] = how
    return found


def _makers(owner: Local, known: frozenset[Cell] = frozenset()) -> frozenset[str]:
    """What a name is made by that is only ever given what calls of a library make: ``app = typer.Typer()``.

    A function is what its outermost decorator makes of it: ``@click.group()``, and below that ``@cli.group()``.
    """
    found: set[str] = set()
    for node in made_by(owner.module, owner.name):
        chain = _maker_of(node)
        made = resolve(owner.module, chain) if chain is not None else None
        if isinstance(made, Local) and (cell := (made.module.path, made.name)) not in known:
            makers = _makers(made, known | {cell}) if made.rest else frozenset()
            if not makers:
                return frozenset()
            found |= makers
        elif isinstance(made, External):
            found.add(made.dotted)
        else:
            return frozenset()
    return frozenset(found)


def _maker_of(node: ast.AST) -> tuple[str, ...] | None:
    """The name that is called to make a value, or a function what it is."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.decorator_list:
        outermost = node.decorator_list[0]
        return chain_of(outermost.func if isinstance(outermost, ast.Call) else outermost)
    return chain_of(node.func) if isinstance(node, ast.Call) else None
