"""Which bindings of a name a read can see."""

from __future__ import annotations

from bisect import bisect_left
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
    """The bindings that a read may see.

    A read while the module is executed sees the last above it for sure, and what may have been bound after that. One
    in a function may see each, for nobody knows when it is called, but those overwritten before any code could run.
    """
    every = [one for unit in units for one in unit.imports]
    if all(unit.kind == "import" for unit in units) and all(
        one.name is None and not one.whole for one in every
    ):
        above = [unit for unit in units if at is None or unit.index < at.index] or list(units)
        wanted = that_bind((one for unit in above for one in unit.imports), chain)
        return [unit for unit in above if any(one in wanted for one in unit.imports)]
    if at is not None:
        return _above(units, at) or list(units)
    return [
        unit
        for unit, following in zip(units, (*units[1:], None), strict=True)
        if following is None or not _replaces(module, unit, following)
    ]


def _above(units: tuple[Unit, ...], at: Unit) -> list[Unit]:
    """From the last binding that is made for sure above a statement to the statement."""
    end = bisect_left(units, at.index, key=lambda unit: unit.index)
    start = end
    while start:
        start -= 1
        unit = units[start]
        if not unit.conditional and unit.parent in (None, at.parent):
            break
    return list(units[start:end])


def _replaces(module: Module, before: Unit, unit: Unit) -> bool:
    if unit.conditional or (before.parent != unit.parent and unit.parent is not None):
        return False
    return all(is_inert(one) for one in module.units[before.index + 1 : unit.index + 1])
