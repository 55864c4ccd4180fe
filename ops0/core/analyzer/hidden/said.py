"""The texts that expressions may be, each put together once for a step: a path in a loop is part of many others.

A text that is known counts as much as it would if it were put together again from answers that are known: so what is
too much to look at does not depend on what was asked before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops0.core.analyzer.effects.looking import Bits
from ops0.core.analyzer.hidden.spot import Spot

if TYPE_CHECKING:
    from ops0.core.analyzer.hidden.spots import Spots

__all__ = ["Said"]

Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """The texts of a spot, which is held so that nothing else gets its ids.

    callees: those whose calls had a say in it, as bits;   cost: how many expressions are looked at for it
    """

    spot: Spot
    texts: Texts
    callees: Bits
    cost: int


@dataclass
class Said:
    """All texts so far, by expression, the definition around it, and how deep in another text it stands."""

    _known: dict[tuple[int, int, int], _Known] = field(default_factory=dict)

    def once(self, spots: Spots, spot: Spot, depth: int, find: Callable[[], Texts]) -> Texts:
        """What ``find`` gives, unless that is known and not too much for the question at hand."""
        answers = spots.answers
        key = id(spot.node), id(spot.around[-1]) if spot.around else 0, depth
        known = self._known.get(key)
        if known is not None and known.cost <= spots.left:
            spots.left -= known.cost
            answers.outermost += known.cost
            answers.callees |= known.callees
            return known.texts
        lost, asked, callees = answers.lost, answers.outermost, answers.callees
        answers.callees = 0
        found = find()
        mine, answers.callees = answers.callees, callees | answers.callees
        if answers.lost == lost:  # else it would be looked for again, and count for more
            self._known[key] = _Known(spot, found, mine, answers.outermost - asked)
        return found
