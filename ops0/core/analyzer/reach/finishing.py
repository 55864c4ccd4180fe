"""From what a function reaches by names to all that it reaches: with statements that are kept for what they do."""

from __future__ import annotations

from ops0.core.analyzer.effects.effects import Effects
from ops0.core.analyzer.reach.hints import Hints
from ops0.core.analyzer.reach.methods import Methods
from ops0.core.analyzer.reach.reach import Reach

__all__ = ["Finishing"]


class Finishing:
    """Finishes one reach, which does not know of it: they would keep each other alive when nobody needs them."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.effects, self.methods, self.hints = Effects(reach), Methods(reach), Hints(reach)

    def finish(self) -> None:
        """Follow everything, then add statements with effects on what is kept, until nothing changes.

        Asked again, when more has been found, it goes on from there: nothing that was asked for is asked anew.
        """
        self.effects.begin()
        self.reach.drain()
        while self.effects.add() or self.methods.add() or self.hints.add():
            self.reach.drain()
