"""What no name leads to: modules imported by calls, programs, and the scripts that these run."""

from __future__ import annotations

from dataclasses import dataclass

from ops0.core.analyzer.hidden.commands import Commands
from ops0.core.analyzer.hidden.dynamic import dynamic_imports
from ops0.core.analyzer.hidden.sites import CallSites
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.hidden.syspath import path_changes, stop_for_roots
from ops0.core.analyzer.reach.finishing import finishing
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.facts import CommandFact
from ops0.core.pipeline import Warn

__all__ = ["Hidden", "follow_hidden"]


@dataclass(frozen=True, slots=True)
class Hidden:
    """What was found; ``spots`` follow expressions of the finished reach."""

    commands: tuple[CommandFact, ...]
    warnings: tuple[Warn, ...]
    spots: Spots


def follow_hidden(reach: Reach, folder: str) -> Hidden:
    """Finish a reach, with everything that calls lead to by texts.

    folder:  where relative file names start
    returns: the programs that are started, and what cannot be decided; both as of the finished reach, for a call
             that is found late may say what an argument is
    """
    made = finishing(reach)
    while True:
        before = _size(reach)
        sites = CallSites(reach)
        spots = Spots(sites.of)
        told = (*dynamic_imports(reach, sites, spots), *path_changes(reach))
        stop_for_roots(reach.project)
        commands = Commands(reach, spots, folder)
        commands.read(sites)
        if _size(reach) == before:
            facts = sorted(commands.facts, key=lambda one: (one.where, one.words, one.optional))
            return Hidden(tuple(facts), (*told, *commands.warnings), spots)
        made.finish()


def _size(reach: Reach) -> tuple[int, ...]:
    """How much is reached: it only grows."""
    return (
        len(reach.externals),
        len(reach.kept),
        len(reach.whole),
        len(reach.faults),
        len(reach.names),
        len(reach.extras),
        len(reach.scripts),
        len(reach.files),
    )
