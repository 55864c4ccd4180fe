"""What a dotted name means, followed through aliases and modules, without keeping anything."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass

from ops0.core.analyzer.project.exports import exporting_stars, star_targets
from ops0.core.analyzer.project.late import late_imports
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import CallUse, Chain, Imported, Unit

__all__ = [
    "External",
    "Local",
    "Resolved",
    "choices",
    "foreign_name",
    "is_partial",
    "meant_by_trial",
    "resolve",
    "resolve_import",
    "through_stars",
]

_DEEPEST = 32


@dataclass(frozen=True, slots=True)
class External:
    """Something outside the project: ``pandas.read_csv``."""

    dotted: str


@dataclass(frozen=True, slots=True)
class Local:
    """A name bound in a module of the project; ``rest`` are attributes of it."""

    module: Module
    name: str
    unit: Unit
    rest: Chain = ()


Resolved = External | Local


def resolve(
    module: Module, chain: Chain, *, typing: bool = False, depth: int = 0
) -> Resolved | None:
    """Follow a dotted name of a module to where it is made. The last binding counts.

    typing:  names imported for type checkers only count too
    returns: None for builtins, unknown names and modules of the project themselves
    """
    if depth:
        return _followed(module, chain, typing=typing, depth=depth)
    known = module.memory.resolved
    if (chain, typing) not in known:
        known[chain, typing] = _followed(module, chain, typing=typing, depth=0)
    return known[chain, typing]


def _followed(module: Module, chain: Chain, *, typing: bool, depth: int) -> Resolved | None:
    if depth > _DEEPEST:
        return None
    table = module.typing_bindings if typing else module.bindings
    name, rest = chain[0], chain[1:]
    units = table.get(name)
    late = late_imports(module).get(name)
    if late and not any(_imports(module, unit) for unit in units or ()):
        return resolve_import(module, _longest(list(late), chain), rest, depth + 1)
    if not units:
        return through_stars(module, chain, depth)
    unit = _fitting(units, chain)
    for star, _, target in reversed(exporting_stars(module, name) if module.stars else ()):
        if star.index > unit.index:
            return resolve(target, chain, depth=depth + 1)
    made = [one for one in _imports(module, unit) if one.bound == name]
    if made:
        return resolve_import(module, _longest(made, chain), rest, depth + 1)
    alias = _alias(unit.node)
    if alias is not None and alias != chain:
        found = resolve(module, (*alias, *rest), typing=typing, depth=depth + 1)
        if isinstance(found, External):
            return found
    return Local(module, name, unit, rest)


def resolve_import(module: Module, one: Imported, rest: Chain, depth: int = 0) -> Resolved | None:
    """Follow one imported name."""
    project = module.project
    dotted = module.absolute(one)
    if dotted is None:
        return None
    if one.name is None:
        if not one.whole:
            dotted = dotted.partition(".")[0]
        return _member(module, dotted, rest, depth)
    found = project.locate(dotted)
    if (
        found is not None
        and found.path is not None
        and project.module(found.path).bindings.get(one.name)
        # `from . import name` in an `__init__` binds the module of that name, not itself
        and not (found.path == module.path and project.is_local(f"{dotted}.{one.name}"))
    ):
        return resolve(project.module(found.path), (one.name, *rest), depth=depth)
    return _member(module, dotted, (one.name, *rest), depth)


def foreign_name(module: Module, call: CallUse) -> str | None:
    """``subprocess.run`` for a call of something outside the project or built in; None for everything else."""
    if not call.chain[0]:
        return None
    if call.via:
        found = [resolve_import(module, one, call.chain[1:]) for one in call.via]
    else:
        found = [resolve(module, call.chain)]
        if found == [None] and len(call.chain) == 1 and call.chain[0] not in module.bindings:
            return call.chain[0]
    return next((one.dotted for one in found if isinstance(one, External)), None)


def _member(module: Module, dotted: str, rest: Chain, depth: int) -> Resolved | None:
    """``rest`` as seen from the module ``dotted``."""
    project = module.project
    if not _is_project(module, dotted, rest):
        return External(".".join((dotted, *rest)))
    while rest:
        found = project.locate(dotted)
        inner = f"{dotted}.{rest[0]}"
        if found is not None and found.path is not None:
            target = project.module(found.path)
            own = found.path == module.path and project.is_local(inner)
            if not own and (target.bindings.get(rest[0]) or not project.is_local(inner)):
                return resolve(target, rest, depth=depth)
        dotted, rest = inner, rest[1:]
    return None


def _is_project(module: Module, dotted: str, rest: Chain) -> bool:
    return any(
        module.project.is_local(".".join((dotted, *rest[:length])))
        for length in range(min(len(rest), 4) + 1)
    )


def through_stars(module: Module, chain: Chain, depth: int = 0) -> Resolved | None:
    """Look in the star imports, the last first, and in theirs, each module once: they may form circles."""
    name = chain[0]
    for target in star_targets(module, name):
        if name in target.bindings:
            return resolve(target, chain, depth=depth + 1)
    outside: dict[str, None] = {}
    for here in (module, *star_targets(module)):
        for _, one in here.stars:
            dotted = here.absolute(one)
            if dotted and here.project.file_module(dotted) is None:
                outside[dotted] = None
    if len(outside) == 1 and not hasattr(builtins, name):
        return External(".".join((*outside, *chain)))
    return None


def meant_by_trial(module: Module, chain: Chain) -> dict[str, bool]:
    """What a name may mean by a ``try`` that imports it from one of several libraries, and which it can do without.

    {} where there is no choice
    """
    units = module.bindings.get(chain[0])
    unit = _fitting(units, chain) if units else None
    made = [one for one in _imports(module, unit) if one.bound == chain[0]] if unit else []
    return choices(module, made, chain)


def choices(module: Module, made: Sequence[Imported], chain: Chain) -> dict[str, bool]:
    """The same of imports that bind one name."""
    if len(made) < 2 or all(one.guard == "none" for one in made):
        return {}
    every = [(one, resolve_import(module, one, chain[1:])) for one in made]
    return {
        found.dotted: one.guard != "none" for one, found in every if isinstance(found, External)
    }


def _imports(module: Module, unit: Unit) -> tuple[Imported, ...]:
    return unit.imports or (module.extract(unit).imports if unit.kind == "assign" else ())


def _fitting(units: tuple[Unit, ...], chain: Chain) -> Unit:
    """Of ``import a.b`` and ``import a.c`` the one that the chain goes through; else the last."""
    dotted = ".".join(chain)
    for unit in reversed(units):
        if any(one.goes_through(dotted) for one in unit.imports):
            return unit
    return units[-1]


def _longest(made: list[Imported], chain: Chain) -> Imported:
    dotted = ".".join(chain)
    return max(made, key=lambda one: len(one.module) if one.goes_through(dotted) else 0)


def is_partial(module: Module, name: str) -> bool:
    """Whether a name of a module stands for a function with some of its arguments: ``read = partial(...)``."""
    node = module.bindings[name][-1].node if name in module.bindings else None
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)


def _alias(node: ast.stmt) -> Chain | None:
    """``read = pd.read_csv``, ``read = partial(pd.read_csv, sep=";")``."""
    value = node.value if isinstance(node, ast.Assign) else None
    if isinstance(value, ast.Call) and len(value.args) == 1:
        made = chain_of(value.func) or ("",)
        value = value.args[0] if made[-1] == "partial" else value
    return chain_of(value) if value is not None else None
