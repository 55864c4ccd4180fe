"""What statements may be kept for, found without asking any step: candidates, what they change, what imports load."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tomli

from ops0.core.analyzer.changes import changed_by, roots, runs_pipeline
from ops0.core.analyzer.conditions import chain_of
from ops0.core.analyzer.model import Candidate, Unit
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.resolve import Local, resolve

__all__ = ["Changes", "Loads", "candidates", "changes", "loads"]

_SIMPLE = (
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Expr,
    ast.Delete,
    ast.Assert,
    ast.Raise,
    ast.Pass,
)


def candidates(module: Module) -> tuple[Candidate, ...]:
    """The units that may be kept for what they do: found once, since no step has a say in it."""
    if module.memory.effects is None:
        found = (
            Candidate(unit, _registered_in(module, unit)) for unit in module.units if not unit.dead
        )
        module.memory.effects = tuple(one for one in found if _is_candidate(module, one))
    return module.memory.effects


def _is_candidate(module: Module, candidate: Candidate) -> bool:
    unit = candidate.unit
    node = unit.node
    if unit.kind == "import":
        return loads(module, unit) != _NOTHING
    if unit.kind == "define":
        return bool(candidate.registers) or bool(getattr(node, "bases", None))
    if unit.kind == "block" or isinstance(node, ast.Pass):
        return False
    if isinstance(node, ast.Delete):
        # Who reads a name does not want it gone; who reads a table wants it without the item.
        return not all(isinstance(target, ast.Name) for target in node.targets)
    if unit.kind == "effect":
        return not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    return bool(module.extract(unit).mutates) or not isinstance(node, _SIMPLE)


def _registered_in(module: Module, unit: Unit) -> frozenset[tuple[str, str]]:
    """The project's objects that a definition's decorators change, or are part of."""
    node = unit.node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return frozenset()
    objects: set[tuple[str, str]] = set()
    for decorator in node.decorator_list:
        chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if chain is None:
            continue
        found = resolve(module, chain)
        if isinstance(found, Local) and found.unit.kind != "define":
            objects.add((found.module.path, found.name))
        objects |= changed_by(module, chain, set())
    return frozenset(objects)


@dataclass(frozen=True, slots=True)
class Loads:
    """What an import does beside binding names.

    beside: the packages in whose steps it does something;  local: the project's files that it executes, with the name
    that each is bound to
    """

    beside: frozenset[str]
    local: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What executing a module changes: objects of the project, and the classes that it derives from."""

    objects: frozenset[tuple[str, str]]
    bases: tuple[ast.expr, ...]


_NOTHING = Loads(frozenset(), ())


def changes(module: Module) -> Changes:
    """Found once, since no step has a say in it."""
    if module.memory.all_changes is None:
        objects: set[tuple[str, str]] = set()
        bases: list[ast.expr] = []
        for one in candidates(module):
            if one.unit.kind == "define":
                objects |= one.registers
                bases += one.unit.node.bases if isinstance(one.unit.node, ast.ClassDef) else ()
            elif one.unit.kind in ("effect", "assign") and not runs_pipeline(module, one.unit):
                found = (resolve(module, root) for root in roots(module, one.unit))
                objects |= {(at.module.path, at.name) for at in found if isinstance(at, Local)}
        module.memory.all_changes = Changes(frozenset(objects), tuple(bases))
    return module.memory.all_changes


def loads(module: Module, unit: Unit) -> Loads:
    """What one import statement does beside binding names."""
    known = module.memory.loads
    if unit.index not in known:
        beside: set[str] = set()
        local: list[tuple[str, str]] = []
        for one in unit.imports:
            dotted = module.absolute(one)
            if dotted is None:
                continue
            full = f"{dotted}.{one.name}." if one.name else f"{dotted}."
            beside.update(when for name, when in _side_effects().items() if full.startswith(name))
            found = module.project.locate(dotted)
            if found is not None and found.path is not None:
                local.append((found.path, one.bound))
        known[unit.index] = Loads(frozenset(beside), tuple(local))
    return known[unit.index]


@lru_cache(maxsize=1)
def _side_effects() -> dict[str, str]:
    text = Path(__file__).with_name("side_effects.toml").read_text("utf-8")
    return {f"{entry['import']}.": entry["when"] for entry in tomli.loads(text)["import"]}
