"""The units that a step keeps of a module, as a key: many steps keep the same ones, and what follows is found once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Extract

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.findings import Findings

__all__ = ["Naming", "is_named", "kept_of", "kept_sets", "wanted_sets"]


def kept_of(reach: Findings, module: Module) -> frozenset[int]:
    """The units that are kept of one module."""
    units, known = reach.kept[module.path], reach.sets.get(module.path)
    if known is not None and len(known) == len(units):  # it only grows
        return known
    kept = frozenset(units)
    # One set in memory, however many steps keep it.
    reach.sets[module.path] = found = module.memory.once(kept, lambda: kept)
    return found


def kept_sets(reach: Findings) -> list[tuple[Module, frozenset[int]]]:
    """Those of all modules, by path."""
    return [(module, kept_of(reach, module)) for module in reach.modules()]


def wanted_sets(reach: Findings) -> list[tuple[Module, frozenset[int]]]:
    """The same without the methods that nobody wants."""
    idle: dict[str, set[int]] = {}
    for path, index in reach.idle:
        idle.setdefault(path, set()).add(index)
    return [
        (module, kept - idle[module.path] if module.path in idle else kept)
        for module, kept in kept_sets(reach)
    ]


def is_named(reach: Findings, last: str) -> bool:
    """Whether reached code uses an attribute of that name: ``rows.progress_apply(f)``, ``cube.rio.crs``."""
    return Naming(reach, last).is_named()


class Naming:
    """The same for one reach that is asked again and again while it grows: only of what has come since."""

    def __init__(self, reach: Findings, last: str) -> None:
        self.reach, self.last = reach, last
        self.found = False
        self.without: dict[str, frozenset[int]] = {}

    def is_named(self) -> bool:
        """See is_named."""
        if not self.found:
            self.found = any(_names(piece, self.last) for _, piece in self.reach.extras) or any(
                self._has_come(module, kept) for module, kept in kept_sets(self.reach)
            )
        return self.found

    def _has_come(self, module: Module, kept: frozenset[int]) -> bool:
        if self.without.get(module.path) is kept:
            return False
        self.without[module.path] = kept
        return _is_kept_named(module, kept, self.last)


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
