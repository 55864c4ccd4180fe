"""What ``from x import *`` takes out of a module of the project."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ops0.core.analyzer.model import Imported, Unit
from ops0.core.analyzer.modules import Module

__all__ = ["exporting_stars", "exports", "star_targets"]


def exports(module: Module, name: str) -> bool:
    """Whether a star import of the module binds that name, as far as is written in the project."""
    declared = _declared(module)
    if declared is not None:
        return name in declared
    if name.startswith("_") and "__all__" not in module.bindings:
        return False
    return any(name in one.bindings for one in (module, *star_targets(module)))


def exporting_stars(module: Module, name: str) -> list[tuple[Unit, Imported, Module]]:
    """The star imports of a module that bind a name, in the order of the source."""
    found: list[tuple[Unit, Imported, Module]] = []
    for unit, one in module.stars:
        target = _target(module, one)
        if target is not None and target is not module and exports(target, name):
            found.append((unit, one, target))
    return found


def star_targets(module: Module) -> Iterator[Module]:
    """The modules of the project from which names come through star imports, each once, the last import first."""
    pending, seen = [module], {module.path}
    while pending:
        here = pending.pop()
        if here is not module:
            yield here
        for _, one in here.stars:
            target = _target(here, one)
            if target is not None and target.path not in seen:
                seen.add(target.path)
                pending.append(target)


def _target(module: Module, one: Imported) -> Module | None:
    dotted = module.absolute(one)
    return module.project.file_module(dotted) if dotted else None


def _declared(module: Module) -> frozenset[str] | None:
    """The names in ``__all__``; None where there is none, or it cannot be read."""
    units = module.bindings.get("__all__", ())
    if not units or any("__all__" in module.extract(unit).mutates for unit in module.units):
        return None
    names: set[str] = set()
    for unit in units:
        value = getattr(unit.node, "value", None)
        if not isinstance(value, (ast.List, ast.Tuple)):
            return None
        for one in value.elts:
            if not (isinstance(one, ast.Constant) and isinstance(one.value, str)):
                return None
            names.add(one.value)
    return frozenset(names)
