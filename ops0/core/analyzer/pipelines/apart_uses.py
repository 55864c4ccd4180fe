"""Where a step looks at what an object at the top of a module holds, or has learned, without filling it itself."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from ops0.core.analyzer.effects.kept_sets import KeptSets
from ops0.core.analyzer.pipelines.apart_looks import Meaning, Spot, key_at, look_at
from ops0.core.analyzer.pipelines.apart_objects import ANY_KEY, collection_of
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, resolve, resolve_import
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Cell, Chain, Read, Unit
from ops0.core.analyzer.syntax.walking import children, walk
from ops0.core.pipeline import Where

__all__ = ["use_of"]

_Named = Mapping[tuple[Chain, int], Meaning]
"""What the dotted names of a function mean that are not its own, by name and line."""


@dataclass(frozen=True, slots=True)
class _Uses:
    """What one function does with an object.

    seen: the lines that look at what it holds, each with the key;  fills: it may put in something itself
    """

    seen: tuple[tuple[int, Hashable], ...] = ()
    fills: bool = False


def use_of(kept: KeptSets, cell: Cell, key: Hashable) -> Where | None:
    """The first place in what a step keeps that looks at that key; None where the step may fill the object itself.

    A function that is ready to find nothing there keeps a cache, and looks for what it has put in itself.
    """
    first: Where | None = None
    for module, units in kept:
        if not module.memory.once(("stands in", cell[1]), partial(_stands_in, module, cell[1])):
            continue
        for index in sorted(units):
            unit = module.units[index]
            if unit.kind not in ("define", "method"):
                continue
            uses = module.memory.once(("uses", cell, index), partial(_uses, module, unit, cell))
            if uses.fills:
                return None
            for line, seen in uses.seen:
                if first is None and (ANY_KEY in (key, seen) or key == seen):
                    first = module.where(line)
    return first


def _stands_in(module: Module, name: str) -> bool:
    """Whether a file has the name anywhere: most have not, and nothing is to be followed there."""
    text = name.encode()
    return any(text in line for line in module.parsed.lines)


def _uses(module: Module, unit: Unit, cell: Cell) -> _Uses:
    spots = [(look_at(spot), spot) for spot in _spots(module, unit, cell)]
    looks = {look for look, _ in spots}
    if "fills" in looks:
        return _Uses(fills=True)
    if "asks" in looks:
        return _Uses()
    seen = [(spot.node.lineno, key_at(spot)) for look, spot in spots if look == "looks"]
    return _Uses(tuple(sorted(seen, key=lambda one: one[0])))


def _spots(module: Module, unit: Unit, cell: Cell) -> Iterator[Spot]:
    """The places in a function that name the object, by Python's scoping."""
    named = _named(module, unit)
    if not any(_is_cell(one, cell) for one in named.values()):
        return
    nodes = walk(unit.node)
    above = {id(one): node for node in nodes for one in children(node)}
    means = partial(_means, named)
    for node in nodes:
        if not isinstance(node, (ast.Attribute, ast.Name)):
            continue
        made = None if isinstance(above.get(id(node)), ast.Attribute) else means(node)
        if isinstance(made, Local) and _is_cell(made, cell):
            kind = collection_of(made.module, made.unit)
            yield Spot(node, made.rest, tuple(_around(node, above)), kind, means)


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
