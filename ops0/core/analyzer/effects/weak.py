"""Statements that may be kept for another reason than what they surely change, with all that is the same for each step.

A step asks of every such statement whether it is wanted, again after whatever else it has come to reach: what the
answer waits for is found once.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass

from ops0.core.analyzer.effects.changes import ALWAYS_CHANGED
from ops0.core.analyzer.effects.doings import Doings
from ops0.core.analyzer.effects.elsewhere import acted_on, whens_of
from ops0.core.analyzer.effects.stateless import is_stateless
from ops0.core.analyzer.effects.world import World
from ops0.core.analyzer.project.external import library_of
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, Local, resolve
from ops0.core.analyzer.syntax.model import Cell, Unit
from ops0.core.analyzer.syntax.sharing import shared
from ops0.core.notebooks.document import is_notebook

__all__ = ["Names", "Sets", "Weak", "outward", "sets_of", "weak_statements"]

_SETTING_UP = (
    "api_key", "authenticate", "configure", "enable", "init", "install", "login", "patch", "register", "set_", "setup"
)  # fmt: skip
"""How names begin of what sets a library up for all that comes after."""
_TAKING = (ast.Assign, ast.AnnAssign, ast.AugAssign)
"""Statements that take what the functions they call give: kept for what they change, not for what those log."""


@dataclass(frozen=True, slots=True)
class Names:
    """What must be reached for all names of a statement to be.

    cells:   these names;   imported: for each imported name the names and the library, one of which is enough
    """

    cells: frozenset[Cell]
    imported: tuple[tuple[frozenset[Cell], str | None], ...]


@dataclass(frozen=True, slots=True)
class Sets:
    """What a statement sets.

    libraries:  those whose state it sets;  always: it sets what libraries read without naming it
    configured: those of the libraries that it sets up, by what it calls: whatever else it needs for that
    """

    libraries: frozenset[str]
    always: bool
    configured: frozenset[str]


@dataclass(frozen=True, slots=True)
class Weak:
    """One statement.

    acted:  the libraries that an import changes by what it executes; None for what is no import
    names:  what makes all its names reached; None where that is no reason to keep it
    whens:  what must be reached for its calls to count;   handed: what it gives to code that may change it
    by_names: whether nothing makes it wanted but its names
    """

    unit: Unit
    acted: frozenset[str] | None
    names: Names | None = None
    whens: tuple[str, ...] = ()
    handed: frozenset[Cell] = frozenset()
    by_names: bool = False


def weak_statements(world: World, module: Module) -> tuple[Weak, ...]:
    """Those of a module, found once for all steps."""
    if module.path not in world.weak:
        found = (_weak(world, module, unit) for unit in module.units)
        world.weak[module.path] = tuple(one for one in found if one is not None)
    return world.weak[module.path]


def _weak(world: World, module: Module, unit: Unit) -> Weak | None:
    if unit.kind == "import":
        acted = acted_on(module, unit)
        return Weak(unit, acted) if acted and not unit.dead else None
    done = world.doings.get((module.path, unit.index))
    if done is None or not _may_count(unit, done):
        return None
    handed = shared(one for one in done.handed if not is_stateless(world.modules, one))
    if unit.kind != "effect":
        return Weak(unit, None, handed=handed)
    names = None if module.extract(unit).imports else _names_of(module, unit)
    whens = whens_of(module, unit, done.called)
    more = whens or handed or sets_of(world, module, unit) is not None
    return Weak(unit, None, names, whens, handed, by_names=names is not None and not more)


def _may_count(unit: Unit, done: Doings) -> bool:
    if isinstance(unit.node, ast.Pass):
        return False
    if isinstance(unit.node, ast.Delete):
        # Who reads a name does not want it gone; who reads a table wants it without the item.
        return not all(isinstance(target, ast.Name) for target in unit.node.targets)
    if unit.kind == "effect":
        return not (isinstance(unit.node, ast.Expr) and isinstance(unit.node.value, ast.Constant))
    return bool(done.handed or done.libraries or done.called)


def sets_of(world: World, module: Module, unit: Unit) -> Sets | None:
    """What a statement sets, found once for all steps; None where it sets nothing."""
    key = module.path, unit.index
    if key not in world.sets:
        done = world.doings[key]
        taken = done.libraries if isinstance(unit.node, _TAKING) else done.libraries | done.called
        made = Sets(
            libraries=shared(map(library_of, taken)),
            always=not ALWAYS_CHANGED.isdisjoint(taken),
            configured=shared(library_of(one) for one in taken if _sets_up(one)),
        )
        world.sets[key] = made if taken else None
    return world.sets[key]


def _sets_up(dotted: str) -> bool:
    return dotted.rpartition(".")[2].startswith(_SETTING_UP)


def outward(world: World) -> Sequence[tuple[Module, Unit, Sets]]:
    """The statements that set something of a library, found once for all steps."""
    if world.setting is None:
        every = ((module, unit, sets_of(world, module, unit)) for module, unit in world.outward)
        world.setting = tuple(
            (module, unit, sets) for module, unit, sets in every if sets is not None
        )
    return world.setting


def _names_of(module: Module, unit: Unit) -> Names | None:
    """In a notebook ``print(1 + 1)`` is there to be looked at, not for what it does."""
    names = _used(module, unit)
    if is_notebook(module.path) and names.isdisjoint(module.bindings):
        return None
    cells: set[Cell] = set()
    imported: list[tuple[frozenset[Cell], str | None]] = []
    for name in names:
        cell = (module.path, name)
        if name in module.bindings:
            either = _either(module, name) if _is_imported(module, name) else None
            if either is None:
                cells.add(cell)
            else:
                imported.append((frozenset({cell, *either[0]}), either[1]))
        elif not (hasattr(builtins, name) or name.startswith("__")):
            cells.add(cell)
    return Names(shared(cells), tuple(imported))


def _is_imported(module: Module, name: str) -> bool:
    return any(unit.imports for unit in module.bindings[name])


def _either(module: Module, name: str) -> tuple[tuple[Cell, ...], str | None] | None:
    """The thing behind an imported name, which may be reached from wherever: a name of the project, or a library."""
    found = resolve(module, (name,))
    if isinstance(found, Local):
        return ((found.module.path, found.name),), None
    return ((), library_of(found.dotted)) if isinstance(found, External) else None


def _used(module: Module, unit: Unit) -> frozenset[str]:
    """The names that a unit and the blocks around it use."""
    return module.memory.once(("names", unit.index), lambda: _find_used(module, unit))


def _find_used(module: Module, unit: Unit) -> frozenset[str]:
    read = shared(read.chain[0] for read in module.extract(unit).reads if not read.via)
    names = read - unit.bound
    return names if unit.parent is None else names | _used(module, module.units[unit.parent])
