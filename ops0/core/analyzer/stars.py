"""``from x import *``: which of them a name comes from."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from ops0.core.analyzer.model import Chain, Imported, Unit
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.shadowing import STAR_BUILTINS

if TYPE_CHECKING:
    from ops0.core.analyzer.reach import Reach

__all__ = ["EVERY_MODULE_HAS", "follow_stars", "has_name"]

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
    for unit in reversed(module.stars):
        one = unit.imports[0]
        dotted = module.absolute(one)
        if dotted is None:
            reach.missing(module, one)
            continue
        target = module.project.file_module(dotted)
        if target is not None:
            if has_name(target, name) and name != "__getattr__":
                _keep(reach, module, unit, one, dotted, name)
                reach.lookup(target, chain, None)
                return
        elif not hasattr(builtins, name) or name in STAR_BUILTINS.get(dotted, ()):
            _keep(reach, module, unit, one, dotted, name)
    special = hasattr(builtins, name) or name in EVERY_MODULE_HAS
    if "__getattr__" in module.bindings and not special:
        reach.lookup(module, ("__getattr__",), None)


def has_name(module: Module, name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a module can be asked for that name, as far as can be told."""
    if name in module.bindings or "__getattr__" in module.bindings or name in EVERY_MODULE_HAS:
        return True
    if any(module.extract(unit).dynamic for unit in module.units if unit.kind == "effect"):
        return True
    for unit in module.stars:
        dotted = module.absolute(unit.imports[0])
        target = module.project.file_module(dotted) if dotted else None
        if target is None:
            return True
        if target.path not in seen and has_name(target, name, seen | {module.path, target.path}):
            return True
    return False


def _keep(reach: Reach, module: Module, unit: Unit, one: Imported, dotted: str, name: str) -> None:
    reach.keep_import(module, unit, one)
    reach.names.add((module.path, name))
    if reach.is_project(dotted):
        reach.stars.setdefault((module.path, unit.index), set()).add(name)
        reach.touch_name(dotted)
    else:
        reach.external(module, one, dotted, unit)
