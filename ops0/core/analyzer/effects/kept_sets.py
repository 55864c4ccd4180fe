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
    units = reach.kept
    size = sum(map(len, units.values()))
    if reach.all_sets[0] != size or len(reach.all_sets[1]) != len(units):
        known, none = reach.sets, frozenset[int]()
        found: list[tuple[Module, frozenset[int]]] = []
        for module in reach.modules():
            kept = known.get(module.path, none)
            fits = kept and len(kept) == len(units[module.path])
            found.append((module, kept if fits else kept_of(reach, module)))
        reach.all_sets = size, found
    return reach.all_sets[1]


def wanted_sets(reach: Reached) -> KeptSets:
    """The same without the methods that nobody wants. Those of which more is wanted than before are noted."""
    every = kept_sets(reach)
    # Whatever comes to be idle has just been kept, and stands last.
    state = reach.all_sets[0], len(every), len(reach.idle), next(reversed(reach.idle), None)
    if reach.all_wanted[0] != state:
        idle: dict[str, set[int]] = {}
        for path, index in reach.idle:
            idle.setdefault(path, set()).add(index)
        if idle:
            every = [
                (module, _without(module, kept, frozenset(idle[module.path])))
                if module.path in idle
                else (module, kept)
                for module, kept in every
            ]
        told = reach.told
        more = [one for one in every if told.get(one[0].path) is not one[1]]
        told.update((module.path, kept) for module, kept in more)
        reach.grown += more
        reach.all_wanted = state, every
    return reach.all_wanted[1]


def _without(module: Module, kept: frozenset[int], idle: frozenset[int]) -> frozenset[int]:
    """One set in memory, likewise: its hash takes as long as looking at all of it."""

    def find() -> frozenset[int]:
        wanted = kept - idle
        return module.memory.once(wanted, lambda: wanted)

    return module.memory.once(("without", kept, idle), find)


class Grown(Growing[Reached]):
    """The modules of which more is wanted than when it was asked last: of one reach, while that grows.

    heard: how much of what the reach has noted
    """

    def __init__(self, reach: Reached) -> None:
        super().__init__(reach)
        self.heard = 0

    def since(self) -> KeptSets:
        """Each with all that is wanted of it by now."""
        wanted_sets(self.reach)
        return self.noted()

    def noted(self) -> KeptSets:
        """Each with all that was wanted of it when anybody asked last."""
        grown = self.reach.grown
        if self.heard == len(grown):
            return ()
        found = {module.path: (module, kept) for module, kept in grown[self.heard :]}
        self.heard = len(grown)
        return tuple(found.values())


class Naming(Growing[Reached]):
    """Whether the code of a reach uses an attribute of a name: ``rows.progress_apply(f)``, ``cube.rio.crs``.

    Asked again and again while that grows: only of what has been noted since.
    """

    def __init__(self, reach: Reached, last: str) -> None:
        super().__init__(reach)
        self.last = last
        self.found = False
        self.grown = Grown(reach)

    def is_named(self) -> bool:
        """Whether it does, as far as has been noted."""
        if not self.found:
            self.found = any(_names(piece, self.last) for _, piece in self.reach.extras) or any(
                _is_kept_named(module, kept, self.last) for module, kept in self.grown.noted()
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
