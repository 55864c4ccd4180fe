"""Imports and calls that change what another library does, known by name: ``side_effects.toml``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import tomli

from ops0.core.analyzer.effects.reached import Reached
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.paths import constant_behind
from ops0.core.analyzer.project.resolve import foreign_name
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import CallUse, Extract, Unit
from ops0.core.analyzer.syntax.walking import walk

if TYPE_CHECKING:
    from ops0.core.analyzer.effects.world import World

__all__ = ["SideEffects", "acted_on", "is_any_reached", "is_task", "side_effects", "whens_of"]

_ENVIRONMENT = "os.environ"
_ENVIRONS = frozenset({"environ", "getenv"})
_ROOT_LOGGER = "logging.getLogger"


@dataclass(frozen=True, slots=True)
class SideEffects:
    """To what must be reached: imports by module; calls, decorators, bases by dotted name.

    wrapping: see the file;  later, tasks: beginnings of names, likewise
    """

    imports: dict[str, str]
    calls: dict[str, tuple[str, ...]]
    decorators: dict[str, tuple[str, ...]]
    bases: dict[str, tuple[str, ...]]
    wrapping: frozenset[str]
    later: tuple[str, ...]
    tasks: tuple[str, ...]


@lru_cache(maxsize=1)
def side_effects() -> SideEffects:
    """What ops0 ships."""
    data = tomli.loads(Path(__file__).with_name("side_effects.toml").read_text("utf-8"))
    calls, decorators, bases = (
        {name: tuple(entry["when"]) for entry in data[kind] for name in entry[f"{kind}s"]}
        for kind in ("call", "decorator", "base")
    )
    imports = {entry["import"]: entry["when"] for entry in data["import"]}
    wrapping = frozenset(name for entry in data["wrapping"] for name in entry["classes"])
    later = tuple(f"{name}." for entry in data["later"] for name in entry["libraries"])
    tasks = tuple(f"{name}." for entry in data["task"] for name in entry["tasks"])
    return SideEffects(imports, calls, decorators, bases, wrapping, later, tasks)


def is_task(world: World, module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a decorator makes a task of a function: what calls it at import does not run it."""
    made = (chain_of(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list)
    return any(
        f"{dotted}.".startswith(side_effects().tasks)
        for chain in made
        if chain is not None
        for dotted in world.meaning(module, chain).outside
    )


def acted_on(module: Module, unit: Unit) -> frozenset[str]:
    """What must be reached for an import statement to count for its own sake: the same for every step."""

    def find() -> frozenset[str]:
        whole = [(module.absolute(one), one.name) for one in unit.imports]
        names = [f"{dotted}.{name}" if name else dotted for dotted, name in whole if dotted]
        return frozenset(
            when
            for known, when in side_effects().imports.items()
            if any(f"{name}.".startswith(f"{known}.") for name in names)
            and (when.startswith(".") or not _is_used(module, unit))
        )

    return module.memory.once(("acted on", unit.index), find)


def _is_used(module: Module, unit: Unit) -> bool:
    """Whether code of the module uses what an import binds: then it is there for that."""
    bound = {one.bound for one in unit.imports}
    return any(isinstance(one, ast.Name) and one.id in bound for one in walk(module.parsed.tree))


def whens_of(module: Module, unit: Unit, called: Iterable[str]) -> tuple[str, ...]:
    """What must be reached for the calls of a statement to count: see ``is_any_reached``.

    called: what the functions call that it calls
    """
    known = side_effects().calls
    calls = module.extract(unit).calls
    names = {foreign_name(module, call) or "" for call in calls}
    whens = [when for name in sorted({*names, *called}) for when in known.get(name, ())]
    if any(_sets_root_logger(module, call.node) for call in calls):
        whens.append("logging")
    return tuple(dict.fromkeys(whens))


def _sets_root_logger(module: Module, node: ast.Call) -> bool:
    """``logging.getLogger().addHandler(h)``, also by the name of that logger: what all other loggers hand on to it."""
    func = node.func
    if not isinstance(func, ast.Attribute) or not func.attr.startswith(("add", "remove", "set")):
        return False
    behind = constant_behind(module, func.value, 0)
    home, owner = behind if behind is not None else (module, func.value)
    if not isinstance(owner, ast.Call) or owner.args or owner.keywords:
        return False
    return foreign_name(home, CallUse(chain_of(owner.func) or ("",), (), owner)) == _ROOT_LOGGER


def is_any_reached(reach: Reached, whens: Iterable[str], is_named: Callable[[str], bool]) -> bool:
    """Whether such a statement changes what reached code does through another library, or the environment.

    Of what was wanted when a round began, see Effects.

    is_named: whether reached code uses an attribute of that name
    """
    return any(_is_reached(reach, when, is_named) for when in whens)


def _is_reached(reach: Reached, when: str, is_named: Callable[[str], bool]) -> bool:
    if when == _ENVIRONMENT:
        return any(_reads_environment(piece) for _, piece in reach.extras) or any(
            _is_environment_read(*one) for one in reach.all_wanted[1]
        )
    if when.startswith("."):
        return is_named(when[1:])
    return when in reach.tops


def _is_environment_read(module: Module, kept: frozenset[int]) -> bool:
    """Whether kept units do. Many steps keep the same ones of a module."""
    return module.memory.once(
        ("environment", kept),
        lambda: any(_reads_environment(module.extract(module.units[index])) for index in kept),
    )


def _reads_environment(piece: Extract) -> bool:
    return any(not _ENVIRONS.isdisjoint(read.chain[:2]) for read in piece.reads)
