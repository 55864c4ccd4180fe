"""Objects of modules that a step changes when it runs, as a model that it fits: no other step sees them changed.

Told only of what is changed for sure: collections of Python as the module writes them, and estimators that are fitted.
A client, a session or a table that stands behind a name at the top of a module is the same for all steps.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from ops0.core.analyzer.effects.doings import CHANGE_OWNER
from ops0.core.analyzer.effects.kept_sets import kept_sets
from ops0.core.analyzer.project.having import having
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, resolve
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Cell, Chain, Unit
from ops0.core.analyzer.syntax.walking import walk
from ops0.core.pipeline import Where

__all__ = ["changed_by", "objects_of"]

_FITTED = frozenset({"fit", "fit_transform", "load_state_dict", "partial_fit"})
"""What changes an estimator or a module: what it has learned stays in it."""
_MADE = frozenset({"Counter", "OrderedDict", "defaultdict", "deque", "dict", "list", "set"})
_WRITTEN = (ast.Dict, ast.DictComp, ast.List, ast.ListComp, ast.Set, ast.SetComp)

KeptOf = tuple[Module, frozenset[int]]
Changes = tuple[tuple[Cell, int], ...]
"""Names at the top of modules with the line that changes what they hold."""


def changed_by(reach: Reach) -> Mapping[Cell, Where]:
    """What the functions that a step keeps change, each with the first place."""
    found: dict[Cell, Where] = {}
    asked = having(reach.project, "changes objects", kept_sets(reach), _changes_of)
    for (module, _), changes in asked:
        for cell, line in changes:
            found.setdefault(cell, module.where(line))
    return found


def objects_of(reach: Reach) -> Sequence[Mapping[Cell, Where]]:
    """The names that a step keeps of what can be changed so, by module, each with the place where it is made."""
    return [made for _, made in having(reach.project, "objects", kept_sets(reach), _objects_of)]


def _changes_of(at: KeptOf) -> Changes:
    module, kept = at
    return module.memory.once(("changes objects", kept), partial(_changes, module, kept))


def _objects_of(at: KeptOf) -> Mapping[Cell, Where]:
    module, kept = at
    return module.memory.once(("objects", kept), partial(_objects, module, kept))


def _objects(module: Module, kept: frozenset[int]) -> dict[Cell, Where]:
    units = [module.units[index] for index in sorted(kept)]
    return {
        (module.path, name): module.where(unit.node.lineno)
        for unit in units
        if unit.kind == "assign" and isinstance(_value(unit), (ast.Call, *_WRITTEN))
        for name in unit.bound
    }


def _changes(module: Module, kept: frozenset[int]) -> Changes:
    units = [module.units[index] for index in sorted(kept)]
    functions = (one for one in units if one.kind in ("define", "method"))
    return tuple(
        one
        for unit in functions
        for one in module.memory.once(("changes", unit.index), partial(_of_one, module, unit))
    )


def _of_one(module: Module, unit: Unit) -> Changes:
    return (*_by_methods(module, unit), *_by_items(module, unit))


def _by_methods(module: Module, unit: Unit) -> Iterator[tuple[Cell, int]]:
    """``MODEL.fit(rows)``, ``ROWS.append(row)``."""
    for call in module.extract(unit).calls:
        *owner, method = call.chain
        if not owner or not owner[0] or call.via or method not in _FITTED | CHANGE_OWNER:
            continue
        made = _made(module, tuple(owner))
        value = None if made is None else _value(made.unit)
        learns = method in _FITTED and isinstance(value, ast.Call)
        if made is not None and (learns or (method in CHANGE_OWNER and _is_collection(value))):
            yield (made.module.path, made.name), call.node.lineno


def _by_items(module: Module, unit: Unit) -> Iterator[tuple[Cell, int]]:
    """``ROWS["a"] = row``, ``del ROWS["a"]``, where the name is the module's."""
    extract = module.extract(unit)
    if not extract.mutates:
        return
    for node in walk(unit.node):
        if not isinstance(node, ast.Subscript) or isinstance(node.ctx, ast.Load):
            continue
        chain = chain_of(node.value)
        if chain is None or chain[0] not in extract.mutates:
            continue
        made = _made(module, chain)
        if made is not None and _is_collection(_value(made.unit)):
            yield (made.module.path, made.name), node.lineno


def _made(module: Module, chain: Chain) -> Local | None:
    """What is bound once, at the top of a module of the project, under that name."""
    made = resolve(module, chain)
    if isinstance(made, Local) and not made.rest and made.unit.kind == "assign":
        return made
    return None


def _value(unit: Unit) -> ast.expr | None:
    return unit.node.value if isinstance(unit.node, (ast.Assign, ast.AnnAssign)) else None


def _is_collection(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        chain = chain_of(value.func)
        return chain is not None and chain[-1] in _MADE
    return isinstance(value, _WRITTEN)
