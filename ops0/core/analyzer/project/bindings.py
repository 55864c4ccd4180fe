"""Which bindings of a name a read can see."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ops0.core.analyzer.project.exports import exporting_stars
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Chain, Imported, Unit
from ops0.core.analyzer.syntax.units import is_inert

__all__ = ["Binders", "binders_of", "that_bind"]

_FEW = 8


def that_bind(imports: Iterable[Imported], chain: Chain) -> list[Imported]:
    """The imports that bind the chain's first name; of several ``import a.b``, ``import a.c`` the longest that fits."""
    found = [one for one in imports if one.bound == chain[0]]
    dotted = ".".join(chain)
    fitting = [one for one in found if one.goes_through(dotted)]
    if not fitting or len(chain) == 1:
        return found
    longest = max(len(one.module) for one in fitting)
    return [one for one in fitting if len(one.module) == longest]


@dataclass(frozen=True, slots=True)
class Binders:
    """What binds a name in a module, star imports of the project's modules included.

    units:  in the order of the source;  stars: index of a unit to its star import
    sure:   for each unit the position of the last one up to it that binds whatever happens
    plain:  ``import a.b`` only: which of them counts, the dotted name says
    """

    units: tuple[Unit, ...]
    stars: Mapping[int, Imported]
    sure: tuple[int, ...]
    plain: bool

    def that_count(self, module: Module, chain: Chain, at: Unit | None) -> Sequence[Unit]:
        """The bindings that a read in a function may see, or of several ``import a.b`` those that fit.

        Nobody knows when a function is called: each may be seen but those overwritten before any code could run.
        """
        if self.plain:
            above = [one for one in self.units if at is None or one.index < at.index] or self.units
            wanted = that_bind((one for unit in above for one in unit.imports), chain)
            return [unit for unit in above if any(one in wanted for one in unit.imports)]
        return [
            unit
            for unit, following in zip(self.units, (*self.units[1:], None), strict=True)
            if following is None or not _replaces(module, unit, following)
        ]

    def not_followed(
        self,
        module: Module,
        chain: Chain,
        at: Unit | None,
        followed: dict[tuple[str, Chain, int], int],
    ) -> Sequence[Unit]:
        """The bindings that a read may see; of those above a statement only what no read before has ``followed``."""
        if at is None or self.plain:
            return self.that_count(module, chain, at)
        start, end = self.above(at)
        key = (module.path, chain, start)
        done = followed.get(key, start)
        followed[key] = max(done, end)
        return self.units[done:end]

    def are_many(self, at: Unit) -> bool:
        """Whether a statement may see so many that noting them for each statement would be quadratic."""
        start, end = self.above(at)
        return end - start > _FEW and not self.plain

    def above(self, at: Unit) -> tuple[int, int]:
        """The span of the bindings that a statement may see: from the last one that is sure. All if none is above."""
        end = bisect_left(self.units, at.index, key=lambda unit: unit.index)
        return (self.sure[end - 1], end) if end else (0, len(self.units))


def binders_of(module: Module, name: str) -> Binders:
    """What binds a name, found once."""
    known = module.binders.get(name)
    if known is None:
        known = module.binders[name] = _binders(module, name)
    return known


def _binders(module: Module, name: str) -> Binders:
    made = {unit.index: unit for unit in module.bindings.get(name, ())}
    stars = {unit.index: one for unit, one, _ in exporting_stars(module, name)}
    made |= {index: module.units[index] for index in stars}
    units = tuple(made[index] for index in sorted(made))
    sure, last = [], 0
    for position, unit in enumerate(units):
        # ``x += 1`` needs what was there, but asks for it itself.
        if unit.parent is None and (not unit.conditional or isinstance(unit.node, ast.AugAssign)):
            last = position
        sure.append(last)
    imports = [one for unit in units for one in unit.imports]
    plain = all(unit.kind == "import" for unit in units) and all(
        one.name is None and not one.whole for one in imports
    )
    return Binders(units, stars, tuple(sure), plain)


def _replaces(module: Module, before: Unit, unit: Unit) -> bool:
    if unit.conditional or (before.parent != unit.parent and unit.parent is not None):
        return False
    return all(is_inert(one) for one in module.units[before.index + 1 : unit.index + 1])
