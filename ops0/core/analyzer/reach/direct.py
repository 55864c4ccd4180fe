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
from ops0.core.pipeline import Warn

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.findings import Taken
    from ops0.core.analyzer.reach.reach import Reach

__all__ = ["Direct", "add_direct", "direct_of", "frozen"]

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
    whole: tuple[tuple[str, str], ...]
    names: frozenset[tuple[str, str]]
    tops: frozenset[str]
    externals: Mapping[ExternalImport, None]
    missing: tuple[tuple[Module, Imported], ...]
    warnings: Mapping[Warn, None]


def direct_of(reach: Reach, module: Module, unit: Unit) -> Direct:
    """What a unit reaches at first hand, found when the first step asks."""
    known = module.memory.direct
    if unit.index not in known:
        alone = reach.alone()
        alone.add_uses(module, module.extract(unit), unit)
        known[unit.index] = frozen(alone)
    return known[unit.index]


def frozen(reach: Reach) -> Direct:
    """What one for a single unit has found, as a value."""
    return Direct(
        queue=tuple(reach.waiting),
        later=tuple(reach.later or ()),
        kept=tuple((path, frozenset(units)) for path, units in reach.kept.items()),
        taken=tuple((path, frozenset(ones)) for path, ones in reach.taken.items()),
        whole=tuple(reach.whole.items()),
        names=frozenset(reach.names),
        tops=frozenset(reach.tops),
        externals=dict(reach.externals),
        missing=tuple(reach.lost),
        warnings=dict(reach.warnings),
    )


def add_direct(reach: Reach, found: Direct) -> None:
    """Add what a unit reaches to what a step does."""
    kept = reach.kept
    for module, unit in found.queue:
        if unit.index not in kept.get(module.path, ()):
            reach.waiting.append((module, unit))
    _add_sets(kept, found.kept)
    _add_sets(reach.taken, found.taken)
    for path, why in found.whole:
        reach.whole.setdefault(path, why)
    reach.names |= found.names
    reach.tops |= found.tops
    # Tables, for their hashes are known: those of an import take longer than all the rest.
    reach.externals.update(found.externals)
    reach.warnings.update(found.warnings)
    for module, one in found.missing:
        reach.missing(module, one)
    for module, chain, at in found.later:
        reach.lookup(module, chain, at)


def _add_sets(table: dict[str, set[Thing]], found: Iterable[tuple[str, frozenset[Thing]]]) -> None:
    for path, things in found:
        if path in table:
            table[path] |= things
        else:
            table[path] = set(things)
