"""From what a function reaches by names to all that it reaches: with statements that are kept for what they do."""

from __future__ import annotations

from ops0.core.analyzer.effects.effects import Effects
from ops0.core.analyzer.reach.hints import Hints
from ops0.core.analyzer.reach.methods import Methods
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.reach.starts import Begun, Root, Start, Starts, begin_at, roots_of, size_of

__all__ = ["Finishing", "finishing"]


class Finishing:
    """Finishes one reach, which does not know of it: they would keep each other alive when nobody needs them.

    start: a finished reach that is part of this one, from which it goes on
    """

    def __init__(self, reach: Reach, start: Start | None = None) -> None:
        self.reach = reach
        if start is None:
            self.effects, self.methods, self.hints = Effects(reach), Methods(reach), Hints(reach)
            return
        known = start.finished
        reach.add(known.reach)
        self.effects = known.effects.continued(reach)
        self.methods = known.methods.continued(reach)
        self.hints = known.hints.continued(reach)

    def finish(self) -> None:
        """Follow everything, then add statements with effects on what is kept, until nothing changes.

        Asked again, when more has been found, it goes on from there: nothing that was asked for is asked anew.
        """
        self.reach.drain()
        while self.effects.add() or self.methods.add() or self.hints.add():
            self.reach.drain()


def finishing(reach: Reach) -> Finishing:
    """A reach as far as names lead, made whole once: from the start that is nearest to it."""
    reach.drain()
    if reach.starts is None:
        made = Finishing(reach)
        made.finish()
        return made
    starts = reach.starts.setdefault(reach.entry, Starts())
    roots = roots_of(reach)
    start = _start(reach, starts, roots)
    made = Finishing(reach, start)
    before = size_of(reach)
    made.finish()
    after = size_of(reach)
    starts.note(Begun(roots, after), after - before)
    return made


def _start(reach: Reach, starts: Starts, roots: frozenset[Root]) -> Start | None:
    """The one to go on from: one that is known, or another one that will be of use to others too."""
    nearest = starts.nearest(roots)
    wanted = starts.wanted(roots, nearest)
    if wanted is None:
        return nearest
    fresh = reach.fresh()
    begin_at(fresh, wanted)
    made = Finishing(fresh, starts.nearest(wanted))
    made.finish()
    start = Start(wanted, size_of(fresh), made)
    starts.add(start)
    return start
