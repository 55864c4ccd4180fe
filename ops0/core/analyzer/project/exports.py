"""What ``from x import *`` takes out of a module of the project."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Imported, Unit

__all__ = ["exporting_stars", "exports", "star_targets"]


def exports(module: Module, name: str) -> bool:
    """Whether a star import of the module binds that name, as far as is written in the project."""
    if name not in module.exported:
        module.exported[name] = _exports(module, name)
    return module.exported[name]


def _exports(module: Module, name: str, without: str = "") -> bool:
    pending, seen = [module], {module.path, without}
    while pending:
        here = pending.pop()
        declared = _all_of(here)
        if declared is not None:
            if name in declared:
                return True
            continue
        if name.startswith("_") and "__all__" not in here.bindings:
            continue
        if name in here.bindings:
            return True
        pending += [one for one in _targets(here) if one.path not in seen]
        seen.update(one.path for one in pending)
    return False


def exporting_stars(module: Module, name: str) -> list[tuple[Unit, Imported, Module]]:
    """The star imports of a module that bind a name, in the order of the source."""
    found: list[tuple[Unit, Imported, Module]] = []
    for unit, one in module.stars:
        target = _target(module, one)
        if target is None or target is module or not exports(target, name):
            continue
        if not _leads_back(module, target) or _exports(target, name, without=module.path):
            found.append((unit, one, target))
    return found


def _leads_back(module: Module, target: Module) -> bool:
    """Whether star imports form a circle: what the target has from the module itself is none of its own."""
    return module.memory.once(("circle", target.path), lambda: module in star_targets(target))


def star_targets(module: Module, name: str | None = None) -> Iterator[Module]:
    """The modules of the project from which star imports take names, each once, the last import first.

    name: only those which that name may come through
    """
    pending, seen = [module], {module.path}
    while pending:
        here = pending.pop()
        if here is not module:
            yield here
        for target in _targets(here):
            if target.path not in seen and (name is None or exports(target, name)):
                seen.add(target.path)
                pending.append(target)


def _targets(module: Module) -> list[Module]:
    found = (_target(module, one) for _, one in module.stars)
    return [one for one in found if one is not None]


def _target(module: Module, one: Imported) -> Module | None:
    dotted = module.absolute(one)
    return module.project.file_module(dotted) if dotted else None


def _all_of(module: Module) -> frozenset[str] | None:
    """See ``_declared``; found once."""
    return module.memory.once("__all__", lambda: _declared(module))


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
