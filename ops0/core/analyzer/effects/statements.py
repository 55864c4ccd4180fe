"""What the statements at the top of modules do, looked at once for all worlds in which they do the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.callables import Code
from ops0.core.analyzer.effects.changes import runs_pipeline
from ops0.core.analyzer.effects.doings import Doings
from ops0.core.analyzer.effects.invoked import functions_behind
from ops0.core.analyzer.effects.registrations import note_changes
from ops0.core.analyzer.effects.watching import watch
from ops0.core.analyzer.project.meanings import executed
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Unit
from ops0.core.analyzer.syntax.sharing import shared

if TYPE_CHECKING:
    from ops0.core.analyzer.effects.world import World

__all__ = ["watch_all"]


def watch_all(world: World, others: Iterable[World]) -> None:
    """Find what all statements of a world do; where another world has the same modules, they do the same."""
    for one in others:
        if one.watched and one.modules.keys() == world.modules.keys():
            world.doings, world.weak, world.sets = one.doings, one.weak, one.sets
    for module in world.modules.values():
        for unit in module.units:
            if unit.dead or unit.kind in ("import", "method") or runs_pipeline(module, unit):
                continue
            key = module.path, unit.index
            if key not in world.doings:
                world.doings[key] = _doings_of(world, module, unit)
            note_changes(world, module, unit, world.doings[key])
    world.telling = frozenset().union(world.heirs, world.changers, world.registrants, world.holders)
    world.watched = True


def _doings_of(world: World, module: Module, unit: Unit) -> Doings:
    """What a statement changes; all that it names where it is nested too deeply to be followed.

    One that calls no code of the project does the same in every world without methods of the names that it calls.
    """
    known, asked = module.memory.doings.get(unit.index, (None, frozenset()))
    if known and not any(asked & table.keys() for table in (world.methods, world.properties)):
        return known
    world.asked = set()
    try:
        outline = watch(executed(unit), Code(module, world, inside=False))
        done = world.solver.doings(outline, lambda cell: functions_behind(world, cell))
    except RecursionError:
        reads = (read for read in module.extract(unit).reads if not read.via)
        cells = (world.meaning(module, read.chain[:1]).cells for read in reads)
        return Doings(changed=frozenset().union(*cells))
    if not outline.callees() and not outline.invoked:
        module.memory.doings[unit.index] = done, shared(world.asked)
    return done
