"""Where a step looks at what an object at the top of a module holds, or has learned, without filling it itself."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ops0.core.analyzer.effects.kept_sets import KeptSets
from ops0.core.analyzer.pipelines.apart_looks import (
    Look,
    Meaning,
    Spot,
    is_returned,
    key_at,
    look_at,
)
from ops0.core.analyzer.pipelines.apart_objects import collection_of
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, resolve, resolve_import
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Cell, Chain, Read, Unit
from ops0.core.analyzer.syntax.walking import children, walk
from ops0.core.pipeline import Where

__all__ = ["uses_of"]

_Named = Mapping[tuple[Chain, int], Meaning]
"""What the dotted names of a function mean that are not its own, by name and line."""
_DEEPEST = 3
"""How many functions of the project an object is followed into, one from another."""


@dataclass(frozen=True, slots=True)
class _Uses:
    """What one function does with an object.

    seen: the lines that look at what it holds, each with the key;  fills: it may put in something itself
    """

    seen: tuple[tuple[int, Hashable], ...] = ()
    fills: bool = False


def uses_of(kept: KeptSets, cell: Cell) -> Sequence[tuple[Where, Hashable]]:
    """The places in what a step keeps that look at what an object holds, each with the key.

    returns: () where the step may fill it itself

    A function that is ready to find nothing there keeps a cache, and looks for what it has put in itself.
    """
    found: list[tuple[Where, Hashable]] = []
    for module, units in kept:
        if not module.memory.once(("stands in", cell[1]), partial(_stands_in, module, cell[1])):
            continue
        for index in sorted(units):
            unit = module.units[index]
            if unit.kind not in ("define", "method"):
                continue
            uses = module.memory.once(("uses", cell, index), partial(_uses, module, unit, cell))
            if uses.fills:
                return ()
            found += [(module.where(line), key) for line, key in uses.seen]
    return found


def _stands_in(module: Module, name: str) -> bool:
    """Whether a file has the name anywhere: most have not, and nothing is to be followed there."""
    text = name.encode()
    return any(text in line for line in module.parsed.lines)


def _uses(module: Module, unit: Unit, cell: Cell) -> _Uses:
    spots = [(look_at(spot), spot) for spot in _spots(module, unit, cell)]
    seen = [(spot.node.lineno, key_at(spot)) for look, spot in spots if look == "looks"]
    look = _of_all(one for one, _ in spots)
    if look != "looks":
        return _Uses(fills=look == "fills")
    return _Uses(tuple(sorted(seen, key=lambda one: one[0])))


def _of_all(looks: Iterable[Look]) -> Look:
    """What a function does that does all these."""
    every = set(looks)
    ranked: tuple[Look, ...] = ("fills", "asks", "looks")
    return next((one for one in ranked if one in every), "passes")


def _spots(module: Module, unit: Unit, cell: Cell) -> Iterator[Spot]:
    """The places in a function that name the object, by Python's scoping."""
    named = _named(module, unit)
    if not any(_is_cell(one, cell) for one in named.values()):
        return
    means = partial(_means, named)
    for node, around in _whole_names(unit.node):
        made = means(node)
        if isinstance(made, Local) and _is_cell(made, cell):
            kind = collection_of(made.module, made.unit)
            yield Spot(node, made.rest, around, kind, means, partial(_within, kind, _DEEPEST))


def _whole_names(function: ast.AST) -> Iterator[tuple[ast.expr, tuple[ast.AST, ...]]]:
    """The names in a function, each with the attributes that follow at once, and what it stands in, from the inside."""
    nodes = walk(function)
    above = {id(one): node for node in nodes for one in children(node)}
    for node in nodes:
        if isinstance(node, (ast.Attribute, ast.Name)) and not isinstance(
            above.get(id(node)), ast.Attribute
        ):
            yield node, tuple(_around(node, above))


def _within(
    kind: type[ast.expr] | None, depth: int, made: Local, call: ast.Call, given: ast.expr
) -> Look:
    """What a function does with an object that a call gives it.

    returns: "fills" where it cannot be told, and where it gives it back: who knows what is done with it then
    """
    node = made.unit.node
    name = _parameter(node, call, given) if isinstance(node, ast.FunctionDef) else None
    if name is None or made.rest or not depth:
        return "fills"
    means = partial(_means, _named(made.module, made.unit))
    looks: list[Look] = []
    for one, around in _whole_names(node):
        chain = chain_of(one)
        if chain is not None and chain[0] == name:
            spot = Spot(one, chain[1:], around, kind, means, partial(_within, kind, depth - 1))
            kept = chain == (name,) and is_returned(spot)
            looks.append("fills" if kept or not isinstance(one.ctx, ast.Load) else look_at(spot))  # type: ignore[attr-defined]
    return _of_all(looks)


def _parameter(function: ast.FunctionDef, call: ast.Call, given: ast.expr) -> str | None:
    """The parameter that an argument fills; None where that cannot be told, or a function in it has the same one."""
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    if given in call.args:
        before = call.args[: call.args.index(given)]
        plain = len(before) < len(names) and not any(isinstance(one, ast.Starred) for one in before)
        name = names[len(before)] if plain else None
    else:
        name = next((one.arg for one in call.keywords if one.value is given), None)
    found = [one for one in walk(function) if isinstance(one, ast.arg) and one.arg == name]
    return None if function.decorator_list or len(found) != 1 else name


def _named(module: Module, unit: Unit) -> _Named:
    reads = (one for one in module.extract(unit).reads if one.deferred)
    return {(one.chain, one.line): _meaning(module, one) for one in reads}


def _meaning(module: Module, read: Read) -> Meaning:
    for one in read.via:
        return resolve_import(module, one, read.chain[1:])
    name = read.chain[0]
    made = resolve(module, read.chain)
    builtin = made is None and name not in module.bindings and hasattr(builtins, name)
    return "builtin" if builtin else made


def _means(named: _Named, node: ast.expr) -> Meaning:
    chain = chain_of(node)
    return None if chain is None else named.get((chain, node.lineno))


def _is_cell(made: Meaning, cell: Cell) -> bool:
    return isinstance(made, Local) and (made.module.path, made.name) == cell


def _around(node: ast.AST, above: Mapping[int, ast.AST]) -> Iterator[ast.AST]:
    while (outer := above.get(id(node))) is not None:
        yield outer
        node = outer
