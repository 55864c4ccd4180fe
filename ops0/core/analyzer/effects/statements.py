"""What a statement at the top of a module does, looked at once for all worlds in which it does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.callables import Code
from ops0.core.analyzer.effects.doings import Doings
from ops0.core.analyzer.effects.invoked import functions_behind
from ops0.core.analyzer.effects.watching import watch
from ops0.core.analyzer.project.meanings import executed
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.model import Unit
from ops0.core.analyzer.syntax.sharing import shared

if TYPE_CHECKING:
    from ops0.core.analyzer.effects.world import World

__all__ = ["doings_of"]


def doings_of(world: World, module: Module, unit: Unit) -> Doings:
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
