"""Objects of modules that a step changes when it runs, as a model that it fits: no other step sees them changed.

Told only of what is changed for sure: collections of Python as the module writes them, and estimators that are fitted.
A client, a session or a table that stands behind a name at the top of a module is the same for all steps.
"""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from ops0.core.analyzer.effects.doings import CHANGE_OWNER
from ops0.core.analyzer.effects.kept_sets import kept_sets
from ops0.core.analyzer.project.having import having
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, Local, resolve
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import Cell, Chain, Unit
from ops0.core.analyzer.syntax.walking import walk
from ops0.core.pipeline import Where

__all__ = ["ANY_KEY", "Change", "changed_by", "collection_of", "constant_key", "is_mapping"]

_FITTED = frozenset({"fit", "fit_transform", "load_state_dict", "partial_fit"})
"""What changes an estimator or a module: what it has learned stays in it."""
_OWN = {
    "list": ast.List, "set": ast.Set, "dict": ast.Dict,
    "collections.Counter": ast.Dict, "collections.OrderedDict": ast.Dict, "collections.defaultdict": ast.Dict,
    "collections.deque": ast.List,
}  # fmt: skip
"""Python's own collections that are made by a call, each with the display that is most like it."""
_WRITTEN = {
    ast.Dict: ast.Dict, ast.DictComp: ast.Dict, ast.List: ast.List, ast.ListComp: ast.List,
    ast.Set: ast.Set, ast.SetComp: ast.Set,
}  # fmt: skip
_STATELESS = frozenset(
    {"AdditiveChi2Sampler", "Binarizer", "FeatureHasher", "FunctionTransformer", "HashingVectorizer", "Normalizer"}
)  # fmt: skip
"""Transformers of scikit-learn that need no fitting (its tag ``requires_fit``): they learn nothing."""

ANY_KEY = object()
"""Any of the keys of a mapping, or all of them; and whatever is changed or read of what is no mapping."""


@dataclass(frozen=True, slots=True)
class Change:
    """One place that changes an object.

    key:    of a mapping the key, where it is written there, else ANY_KEY
    undoes: whether it takes out what is in: ``clear()``, ``del TOTALS["a"]``
    """

    where: Where
    key: Hashable
    undoes: bool = False


_CHANGES = (_FITTED | CHANGE_OWNER) - {"setdefault"}
"""``setdefault`` leaves what is there."""
KeptOf = tuple[Module, frozenset[int]]
Changes = tuple[tuple[Cell, Change], ...]
"""Names at the top of modules with what changes the objects that they hold."""


def changed_by(reach: Reach) -> Mapping[Cell, tuple[Change, ...]]:
    """What the functions that a step keeps change, each with the first place a key."""
    found: dict[Cell, tuple[Change, ...]] = {}
    asked = having(reach.project, "changes objects", kept_sets(reach), _changes_of)
    for _, changes in asked:
        for cell, change in changes:
            known = found.get(cell, ())
            if all(one.key != change.key for one in known):
                found[cell] = (*known, change)
    return found


def collection_of(module: Module, unit: Unit) -> type[ast.expr] | None:
    """Which of Python's collections a statement at the top of a module binds, as its display; None for anything else.

    A name counts as Python's own if the module does not bind it: ``manager.list()`` is another one.
    """
    value = _value(unit)
    if not isinstance(value, ast.Call):
        return _WRITTEN.get(type(value)) if value is not None else None
    chain = chain_of(value.func)
    if chain is None:
        return None
    made = resolve(module, chain)
    if isinstance(made, External):
        return _OWN.get(made.dotted.removeprefix("builtins."))
    is_builtin = made is None and len(chain) == 1 and chain[0] not in module.bindings
    return _OWN.get(chain[0]) if is_builtin else None


def is_mapping(kind: type[ast.expr] | None) -> bool:
    """Whether a collection has keys of its own."""
    return kind is ast.Dict


def constant_key(node: ast.expr) -> Hashable:
    """The key that an expression says; ANY_KEY where only a run can tell."""
    return node.value if isinstance(node, ast.Constant) else ANY_KEY


def _changes_of(at: KeptOf) -> Changes:
    module, kept = at
    return module.memory.once(("changes objects", kept), partial(_changes, module, kept))


def _changes(module: Module, kept: frozenset[int]) -> Changes:
    units = [module.units[index] for index in sorted(kept)]
    functions = (one for one in units if one.kind in ("define", "method"))
    return tuple(
        one
        for unit in functions
        for one in module.memory.once(("changes", unit.index), partial(_of_one, module, unit))
    )


def _of_one(module: Module, unit: Unit) -> Changes:
    changes = (*_by_methods(module, unit), *_by_items(module, unit))
    undone = {(cell, one.key) for cell, one in changes if one.undoes}
    filled = tuple(one for one in changes if not one[1].undoes)
    left = tuple(
        (cell, one) for cell, one in filled if undone.isdisjoint({(cell, one.key), (cell, ANY_KEY)})
    )
    return changes if len(left) == len(filled) else left


def _by_methods(module: Module, unit: Unit) -> Iterator[tuple[Cell, Change]]:
    """``MODEL.fit(rows)``, ``ROWS.append(row)``."""
    for call in module.extract(unit).calls:
        *owner, method = call.chain
        if not owner or not owner[0] or call.via or method not in _CHANGES:
            continue
        made = _made(module, tuple(owner))
        if made is None:
            continue
        kind = collection_of(made.module, made.unit)
        keys: tuple[Hashable, ...] = (ANY_KEY,)
        if method in CHANGE_OWNER and kind is not None:
            keys = _keys_of(call.node, method) if is_mapping(kind) else keys
        elif method not in _FITTED or kind is not None or not _learns(made.unit):
            continue
        where = module.where(call.node.lineno)
        change = partial(Change, where, undoes=method == "clear")
        yield from (((made.module.path, made.name), change(key)) for key in keys)


def _keys_of(call: ast.Call, method: str) -> tuple[Hashable, ...]:
    """The keys that a call changes in a mapping: ``pop("a")``, ``update(a=1)``, ``update({"a": 1})``."""
    if method == "pop" and call.args:
        return (constant_key(call.args[0]),)
    if method == "update":
        given: list[Hashable] = [ANY_KEY if one.arg is None else one.arg for one in call.keywords]
        for one in call.args:
            every = one.keys if isinstance(one, ast.Dict) else (None,)
            given += [ANY_KEY if key is None else constant_key(key) for key in every]
        return tuple(given)
    return (ANY_KEY,)


def _by_items(module: Module, unit: Unit) -> Iterator[tuple[Cell, Change]]:
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
        kind = None if made is None else collection_of(made.module, made.unit)
        if made is not None and kind is not None:
            key = constant_key(node.slice) if is_mapping(kind) else ANY_KEY
            undoes = isinstance(node.ctx, ast.Del)
            change = Change(module.where(node.lineno), key, undoes=undoes)
            yield (made.module.path, made.name), change


def _made(module: Module, chain: Chain) -> Local | None:
    """What is bound once, at the top of a module of the project, under that name."""
    made = resolve(module, chain)
    if isinstance(made, Local) and not made.rest and made.unit.kind == "assign":
        return made
    return None


def _learns(unit: Unit) -> bool:
    value = _value(unit)
    made = chain_of(value.func) if isinstance(value, ast.Call) else ()
    return isinstance(value, ast.Call) and not (made and made[-1] in _STATELESS)


def _value(unit: Unit) -> ast.expr | None:
    return unit.node.value if isinstance(unit.node, (ast.Assign, ast.AnnAssign)) else None
