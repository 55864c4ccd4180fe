"""Imports that are kept for what executing their modules does, not for their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.reach.direct import Direct
from ops0.core.analyzer.syntax.model import Imported

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.reach import Reach

__all__ = ["executed_by"]


def executed_by(reach: Reach, module: Module, places: tuple[tuple[int, int], ...]) -> Direct:
    """What imports of a module reach at first hand. Many steps keep the same ones.

    places: the index of each statement, and which of its imports it is
    """
    return module.memory.once(("executing", places), lambda: _find(reach, module, places))


def _find(reach: Reach, module: Module, places: tuple[tuple[int, int], ...]) -> Direct:
    alone = reach.alone()
    for index, at in places:
        unit = module.units[index]
        one = module.extract(unit).imports[at]
        alone.keep(module, unit)
        if unit.kind != "import":
            continue
        if _names_a_module(module, one):
            alone.keep_import(module, unit, one)
            alone.follow(module, one, (), unit, bare=False)
        else:
            alone.take(module, unit, None)
            alone.touch_name(module.absolute(one) or "")
    return Direct.of(alone)


def _names_a_module(module: Module, one: Imported) -> bool:
    """Whether an import names a module, not something in one."""
    if one.name is None:
        return True
    project, dotted = module.project, module.absolute(one) or ""
    found = project.file_module(dotted)
    return project.is_local(f"{dotted}.{one.name}") and (
        found is None or found is module or one.name not in found.bindings
    )
