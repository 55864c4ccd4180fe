"""The units that a step keeps of a module, as a key: many steps keep the same ones, and what follows is found once."""

from __future__ import annotations

from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.reach import Reach

__all__ = ["kept_of", "kept_sets"]


def kept_of(reach: Reach, module: Module) -> frozenset[int]:
    """The units that are kept of one module."""
    kept = frozenset(reach.kept[module.path])
    return module.memory.once(kept, lambda: kept)  # one set in memory, however many steps keep it


def kept_sets(reach: Reach) -> list[tuple[Module, frozenset[int]]]:
    """Those of all modules, by path."""
    return [(module, kept_of(reach, module)) for module in reach.modules()]
