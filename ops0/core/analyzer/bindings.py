"""Which bindings of a name a read can see."""

from __future__ import annotations

from collections.abc import Iterable

from ops0.core.analyzer.model import Chain, Imported, Unit
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.units import is_inert

__all__ = ["bindings_that_count", "that_bind"]


def that_bind(imports: Iterable[Imported], chain: Chain) -> list[Imported]:
    """The imports that bind the chain's first name; of several ``import a.b``, ``import a.c`` the longest that fits."""
    found = [one for one in imports if one.bound == chain[0]]
    dotted = ".".join(chain) + "."
    fitting = [
        one
        for one in found
        if one.name is None and not one.whole and dotted.startswith(f"{one.module}.")
    ]
    if not fitting or len(chain) == 1:
        return found
    longest = max(len(one.module) for one in fitting)
    return [one for one in fitting if len(one.module) == longest]


def bindings_that_count(
    module: Module, name: str, units: tuple[Unit, ...], at: Unit | None, chain: Chain
) -> list[Unit]:
    """The bindings that a read may see: not those that are overwritten before anything can look.

    A read while the module is executed sees what stands above it; one in a function sees the last. Earlier
    bindings stay where code in between might have used them.
    """
    every = [one for unit in units for one in unit.imports]
    if all(unit.kind == "import" for unit in units) and all(
        one.name is None and not one.whole for one in every
    ):
        wanted = that_bind(every, chain)
        return [unit for unit in units if any(one in wanted for one in unit.imports)]
    seen = [unit for unit in units if at is None or unit.index < at.index] or list(units)
    start = 0
    for position, unit in enumerate(seen):
        if position and not unit.conditional and _replaces(module, name, seen[position - 1], unit):
            start = position
    return seen[start:]


def _replaces(module: Module, name: str, before: Unit, unit: Unit) -> bool:
    if before.parent != unit.parent and unit.parent is not None:
        return False
    if any(read.chain[0] == name and not read.deferred for read in module.extract(unit).reads):
        return False
    return all(is_inert(between) for between in module.units[before.index + 1 : unit.index])
