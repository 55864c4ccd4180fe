"""What executing a statement changes besides the names that it binds."""

from __future__ import annotations

import ast

from ops0.core.analyzer.conditions import chain_of
from ops0.core.analyzer.markers import is_marked, mark_of
from ops0.core.analyzer.model import Chain, Unit
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.resolve import Local, resolve

__all__ = ["ALWAYS_CHANGED", "changed_by", "roots", "runs_pipeline", "statement_calls"]

ALWAYS_CHANGED = (("os", "environ"), ("os", "putenv"))
"""Settings that libraries read without naming them."""


def runs_pipeline(module: Module, unit: Unit) -> bool:
    """Whether executing the unit would run steps: ``ops0.run()``, ``training("x.csv")``, ``load()``."""
    known = module.memory.runs
    if unit.index not in known:
        known[unit.index] = _runs_pipeline(module, unit)
    return known[unit.index]


def _runs_pipeline(module: Module, unit: Unit) -> bool:
    if unit.kind not in ("effect", "assign"):
        return False
    for call in module.extract(unit).calls:
        if call.chain[0] and not call.via:
            if mark_of(module, call.node) in ("run", "deploy"):
                return True
            if is_marked(module, call.chain, "step", "pipeline"):
                return True
    return False


def roots(module: Module, unit: Unit) -> frozenset[Chain]:
    """What a unit changes: targets of ``x[...] =`` and ``x.y =``, and owners of methods called as statements."""
    known = module.memory.changes
    if unit.index not in known:
        known[unit.index] = frozenset(_roots(module, unit))
    return known[unit.index]


def _roots(module: Module, unit: Unit) -> set[Chain]:
    roots: set[Chain] = {(name,) for name in module.extract(unit).mutates}
    for call in statement_calls(unit.node):
        chain = chain_of(call.func)
        if chain is not None:
            roots.add(chain)
    for node in ast.walk(unit.node) if isinstance(unit.node, ast.Assign) else ():
        chain = chain_of(node) if isinstance(node, ast.Attribute) else None
        if (
            chain is not None
            and chain[:2] in ALWAYS_CHANGED
            and chain[0] in module.extract(unit).mutates
        ):
            roots.add(chain)
    return roots


def statement_calls(node: ast.stmt) -> list[ast.Call]:
    """The calls in a statement, at any depth, whose results nobody takes."""
    return [
        inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Call)
    ]


def changed_by(module: Module, chain: Chain, seen: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The project's names that a function of the project changes, itself or through functions that it calls."""
    found = resolve(module, chain)
    if (
        not isinstance(found, Local)
        or found.unit.kind != "define"
        or (found.module.path, found.name) in seen
    ):
        return set()
    if is_marked(module, chain, "step", "pipeline"):
        return set()
    seen.add((found.module.path, found.name))
    piece = found.module.extract(found.unit)
    changed: set[tuple[str, str]] = set()
    for name in piece.mutates:
        target = resolve(found.module, (name,))
        if isinstance(target, Local):
            changed.add((target.module.path, target.name))
        elif target is None:
            # ``global x`` of a name that only functions bind
            changed.add((found.module.path, name))
    for call in piece.calls:
        if call.chain[0] and not call.via:
            if mark_of(found.module, call.node) in ("run", "deploy"):
                return set()
            changed |= changed_by(found.module, call.chain, seen)
    return changed
