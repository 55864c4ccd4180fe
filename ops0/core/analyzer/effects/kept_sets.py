"""The units that a step keeps of a module, as a key: many steps keep the same ones, and what follows is found once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops0.core.analyzer.project.modules import Module
from ops0.core.analyzer.syntax.model import Extract

if TYPE_CHECKING:
    from ops0.core.analyzer.reach.findings import Findings

__all__ = ["calls_named", "kept_of", "kept_sets"]


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


def calls_named(reach: Findings, last: str) -> bool:
    """Whether reached code calls something by that last name."""
    return any(_calls(piece, last) for _, piece in reach.extras) or any(
        _kept_call(module, kept, last) for module, kept in kept_sets(reach)
    )


def _kept_call(module: Module, kept: frozenset[int], last: str) -> bool:
    return module.memory.once(
        ("calls", kept, last),
        lambda: any(_calls(module.extract(module.units[index]), last) for index in kept),
    )


def _calls(piece: Extract, last: str) -> bool:
    return any(call.chain[-1] == last for call in piece.calls)
