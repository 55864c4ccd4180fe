"""Definitions that a library knows without being told their names: by a decorator, or by a base; side_effects.toml."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ops0.core.analyzer.effects.elsewhere import side_effects
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.paths import known_text
from ops0.core.analyzer.project.resolve import External, Local, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import DEFINITIONS, Cell, Unit

__all__ = ["Registered", "registration_of", "whens_of_base"]

_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Registered:
    """A definition that a decorator registers: wanted where all of ``on`` and any of ``whens`` is reached."""

    whens: tuple[str, ...]
    on: frozenset[Cell]


def registration_of(module: Module, unit: Unit) -> Registered | None:
    """What makes a definition wanted that one of its decorators registers with a library; None where none does."""
    for decorator in unit.node.decorator_list if isinstance(unit.node, DEFINITIONS) else ():
        chain = chain_of(decorator.func) if isinstance(decorator, ast.Call) else None
        found = resolve(module, chain) if chain is not None else None
        whens = side_effects().decorators.get(found.dotted) if isinstance(found, External) else None
        if whens and isinstance(decorator, ast.Call):
            name = known_text(module, decorator.args[0]) if decorator.args else None
            named = tuple(one.format(name) for one in whens if name or "{}" not in one)
            return Registered(named, frozenset(_cells(module, decorator)))
    return None


def _cells(module: Module, call: ast.Call) -> Iterator[Cell]:
    """The project's things that a call is given."""
    for one in call.args:
        chain = chain_of(one)
        found = resolve(module, chain) if chain is not None else None
        if isinstance(found, Local):
            yield found.module.path, found.name


def whens_of_base(module: Module, base: ast.expr) -> tuple[str, ...]:
    """What must be reached for classes with that base to count: nothing where no library's base is behind it."""
    key = ("whens of base", id(base))  # the syntax of a module lives as long as its memory
    return module.memory.once(key, lambda: _whens_of(module, base, 0))


def _whens_of(module: Module, base: ast.expr, depth: int) -> tuple[str, ...]:
    """Also of ``class Base(DeclarativeBase)``, ``Base = declarative_base()``, ``db.Model``."""
    chain = chain_of(base.func if isinstance(base, ast.Call) else base)
    found = resolve(module, chain) if chain is not None and depth < _DEEPEST else None
    if isinstance(found, External):
        return side_effects().bases.get(found.dotted, ())
    node = found.unit.node if isinstance(found, Local) else None
    if not isinstance(found, Local):
        return ()
    behind: list[ast.expr] = []
    if isinstance(node, ast.ClassDef):
        behind = node.bases
    elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        behind = [node.value]
    return next((made for one in behind if (made := _whens_of(found.module, one, depth + 1))), ())
