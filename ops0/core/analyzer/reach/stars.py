"""``from x import *``: which of them a name comes from."""

from __future__ import annotations

import builtins
from dataclasses import replace
from typing import TYPE_CHECKING

from ops0.core.analyzer.project.exports import exports, star_targets
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.shadowing import STAR_BUILTINS
from ops0.core.analyzer.syntax.model import Chain, Imported, Unit

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.reach import Reach

__all__ = ["EVERY_MODULE_HAS", "follow_star", "follow_stars", "has_name"]

EVERY_MODULE_HAS = frozenset(
    {
        "__name__",
        "__file__",
        "__doc__",
        "__package__",
        "__spec__",
        "__path__",
        "__dict__",
        "__loader__",
    }
)


def follow_stars(reach: Reach, module: Module, chain: Chain) -> None:
    """Follow a name that nothing in the module binds: a builtin, or from a star import."""
    name = chain[0]
    for unit, one in reversed(module.stars):
        dotted = module.absolute(one)
        if dotted is None:
            reach.missing(module, one)
            continue
        target = module.project.file_module(dotted)
        if target is not None:
            if _may_export(target, name):
                follow_star(reach, module, unit, one, chain)
                return
        elif not hasattr(builtins, name) or name in STAR_BUILTINS.get(dotted, ()):
            _keep(reach, module, unit, one, dotted, name)
    special = hasattr(builtins, name) or name in EVERY_MODULE_HAS
    if special:
        return
    reach.names.add((module.path, name))
    if "__getattr__" in module.bindings:
        reach.lookup(module, ("__getattr__",), None)
    elif not module.stars and any(_makes_names(module, unit) for unit in module.units):
        why = f"{module.path}: '{name}' is bound by nothing that can be read"
        reach.keep_whole(module, module.where(1), why)


def follow_star(reach: Reach, module: Module, unit: Unit, one: Imported, chain: Chain) -> None:
    """Take one name out of a module of the project, as if the star were the name."""
    dotted = module.absolute(one)
    assert dotted is not None  # noqa: S101 - it has led to a file
    _keep(reach, module, unit, one, dotted, chain[0])
    named = replace(one, name=chain[0], bound=chain[0])
    reach.follow(module, named, chain[1:], None, bare=True)


def _may_export(target: Module, name: str) -> bool:
    """Whether a star import may bind the name: what is outside, or made by code, may have any."""
    if exports(target, name):
        return True
    hidden = name.startswith("_") and "__all__" not in target.bindings
    return (
        not hidden
        and has_name(target, name)
        and not any(name in here.bindings for here in (target, *star_targets(target)))
    )


def has_name(module: Module, name: str) -> bool:
    """Whether a module can be asked for that name, as far as can be told."""
    return module.memory.once(("has", name), lambda: _has_name(module, name))


def _has_name(module: Module, name: str) -> bool:
    pending, seen = [module], {module.path}
    while pending:
        here = pending.pop()
        # What is there for type checkers by name is set by another module where the code is right.
        bound = name in here.typing_bindings or "__getattr__" in here.bindings
        if bound or name in EVERY_MODULE_HAS:
            return True
        if any(_may_bind_any(here, unit) for unit in here.units):
            return True
        for _, one in here.stars:
            dotted = here.absolute(one)
            target = here.project.file_module(dotted) if dotted else None
            if target is None:
                return True
            if target.path not in seen:
                seen.add(target.path)
                pending.append(target)
    return False


def _makes_names(module: Module, unit: Unit) -> bool:
    """Whether a top-level statement may bind names that it does not write: ``globals().update(...)``."""
    if _may_bind_any(module, unit):
        return True
    effect = unit.kind == "effect" and not unit.dead
    return effect and any(read.chain == ("__name__",) for read in module.extract(unit).reads)


def _may_bind_any(module: Module, unit: Unit) -> bool:
    """Whether a top-level statement takes hold of all names: ``_globals = globals()`` in what protoc writes."""
    some = unit.kind in ("effect", "assign") and not unit.dead
    return some and bool(module.extract(unit).dynamic)


def _keep(reach: Reach, module: Module, unit: Unit, one: Imported, dotted: str, name: str) -> None:
    reach.names.add((module.path, name))
    if unit.kind != "import":
        reach.keep(module, unit)
        return
    reach.keep_import(module, unit, one)
    if reach.is_project(dotted):
        reach.take(module, unit, name)
        reach.touch_name(dotted)
    else:
        reach.external(module, one, dotted, unit)
