"""What one unit reaches at first hand: found once, then added to the reach of every step that keeps the unit.

Following a unit's names asks nothing of the step, so the answer is a value. A step's reach is the union of the
answers of its units, and a project of 1,000 steps follows each name once instead of 1,000 times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ops0.core.analyzer.project.external import ExternalImport
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Chain, Imported, Unit
from ops0.core.analyzer.syntax.sharing import shared
from ops0.core.pipeline import Warn

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.findings import Taken, Why
    from ops0.core.analyzer.reach.reach import Reach

__all__ = ["Direct", "direct_of"]

Thing = TypeVar("Thing")


@dataclass(frozen=True, kw_only=True, slots=True)
class Direct:
    """A Reach of one unit, nothing followed further, as a value.

    queue:   units whose own names come next, in the order in which they were found;   kept: units by path
    later: names with many bindings;   missing: imports that lead nowhere;   the other fields are those of Findings
    """

    queue: tuple[tuple[Module, Unit], ...]
    later: tuple[tuple[Module, Chain, Unit], ...]
    kept: tuple[tuple[str, frozenset[int]], ...]
    taken: tuple[tuple[str, frozenset[Taken]], ...]
    whole: tuple[tuple[str, Why], ...]
    names: frozenset[tuple[str, str]]
    tops: frozenset[str]
    externals: Mapping[ExternalImport, None]
    missing: tuple[tuple[Module, Imported], ...]
    warnings: Mapping[Warn, None]

    @staticmethod
    def of(alone: Reach) -> Direct:
        """What a reach for a single unit has found."""
        return Direct(
            queue=tuple(alone.waiting),
            later=tuple(alone.later or ()),
            kept=tuple((path, shared(units)) for path, units in alone.kept.items()),
            taken=tuple((path, frozenset(ones)) for path, ones in alone.taken.items()),
            whole=tuple(alone.whole.items()),
            names=shared(alone.names),
            tops=shared(alone.tops),
            externals=dict(alone.externals),
            missing=tuple(alone.lost),
            warnings=dict(alone.warnings),
        )

    @property
    def plain(self) -> bool:
        """Whether it is like that of nearly every unit: all names have a meaning, nothing kept whole, no warnings."""
        return not (self.later or self.missing or self.whole or self.warnings)

    def add_to(self, reach: Reach) -> None:
        """Add what a unit reaches to what a step does."""
        kept = reach.kept
        for module, unit in self.queue:
            reach.idle.pop((module.path, unit.index), None)
            if unit.index not in kept.get(module.path, ()):
                reach.waiting.append((module, unit))
        _add_sets(kept, self.kept)
        _add_sets(reach.taken, self.taken)
        reach.names |= self.names
        if self.externals:
            reach.tops |= self.tops
            # Tables, for their hashes are known: those of an import take longer than all the rest.
            reach.externals.update(self.externals)
        if self.plain:
            return
        for path, why in self.whole:
            reach.note_whole(path, why)
        reach.warnings.update(self.warnings)
        for module, one in self.missing:
            reach.missing(module, one)
        for module, chain, at in self.later:
            reach.lookup(module, chain, at)


def direct_of(reach: Reach, module: Module, unit: Unit) -> Direct:
    """What a unit reaches at first hand, found when the first step asks."""
    known = module.memory.direct
    if unit.index not in known:
        alone = reach.alone()
        alone.add_uses(module, module.extract(unit), unit)
        known[unit.index] = Direct.of(alone)
    return known[unit.index]


def _add_sets(table: dict[str, set[Thing]], found: Iterable[tuple[str, frozenset[Thing]]]) -> None:
    for path, things in found:
        if path in table:
            table[path] |= things
        else:
            table[path] = set(things)
