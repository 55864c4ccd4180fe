"""The units that a step keeps of a module, as a key: many steps keep the same ones, and what follows is found once."""

from __future__ import annotations

from collections.abc import Sequence

from ops0.core.analyzer.effects.growing import Growing
from ops0.core.analyzer.effects.reached import Reached
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Extract

__all__ = ["Grown", "Naming", "kept_of", "kept_sets", "wanted_sets"]


KeptSets = Sequence[tuple[Module, frozenset[int]]]
"""Modules, each with the indices of units of it, by path."""


def kept_of(reach: Reached, module: Module) -> frozenset[int]:
    """The units that are kept of one module."""
    units, known = reach.kept[module.path], reach.sets.get(module.path)
    if known is not None and len(known) == len(units):  # it only grows
        return known
    kept = frozenset(units)
    # One set in memory, however many steps keep it.
    reach.sets[module.path] = found = module.memory.once(kept, lambda: kept)
    return found


def kept_sets(reach: Reached) -> KeptSets:
    """Those of all modules, by path."""
    size = sum(map(len, reach.kept.values()))
    if reach.all_sets[:1] != (size,) or len(reach.all_sets[1]) != len(reach.kept):
        reach.all_sets = size, [(module, kept_of(reach, module)) for module in reach.modules()]
    return reach.all_sets[1]


def wanted_sets(reach: Reached) -> KeptSets:
    """The same without the methods that nobody wants."""
    idle: dict[str, set[int]] = {}
    for path, index in reach.idle:
        idle.setdefault(path, set()).add(index)
    return [
        (module, _without(module, kept, frozenset(idle[module.path])))
        if module.path in idle
        else (module, kept)
        for module, kept in kept_sets(reach)
    ]


def _without(module: Module, kept: frozenset[int], idle: frozenset[int]) -> frozenset[int]:
    """One set in memory, likewise: its hash takes as long as looking at all of it."""

    def find() -> frozenset[int]:
        wanted = kept - idle
        return module.memory.once(wanted, lambda: wanted)

    return module.memory.once(("without", kept, idle), find)


class Grown(Growing[Reached]):
    """The modules of which more is wanted than when it was asked last: of one reach, while that grows."""

    def __init__(self, reach: Reached) -> None:
        super().__init__(reach)
        self.known: dict[str, frozenset[int]] = {}

    def since(self) -> KeptSets:
        """Each with all that is wanted of it by now, by path."""
        known = self.known
        found = [one for one in wanted_sets(self.reach) if known.get(one[0].path) is not one[1]]
        known.update((module.path, kept) for module, kept in found)
        return found


class Naming(Growing[Reached]):
    """Whether the code of a reach uses an attribute of a name: ``rows.progress_apply(f)``, ``cube.rio.crs``.

    Asked again and again while that grows: only of what has come since.
    """

    def __init__(self, reach: Reached, last: str) -> None:
        super().__init__(reach)
        self.last = last
        self.found = False
        self.grown = Grown(reach)

    def is_named(self) -> bool:
        """Whether it does by now."""
        if not self.found:
            self.found = any(_names(piece, self.last) for _, piece in self.reach.extras) or any(
                _is_kept_named(module, kept, self.last) for module, kept in self.grown.since()
            )
        return self.found


def _is_kept_named(module: Module, kept: frozenset[int], last: str) -> bool:
    return module.memory.once(
        ("names", kept, last),
        lambda: any(_names(module.extract(module.units[index]), last) for index in kept),
    )


def _names(piece: Extract, name: str) -> bool:
    return (
        any(name in call.chain[1:] or call.chain[-1] == name for call in piece.calls)
        or any(name in chain.split(".") for chain, _ in piece.attributes)
        or any(name in read.chain[1:] for read in piece.reads)
    )
