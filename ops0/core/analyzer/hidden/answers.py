"""What lies behind expressions, each found once: a function that twenty others call is asked about by each of them.

An answer that was cut short, as it led back to a question under way, holds only as long as that question lasts.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from ops0.core.analyzer.effects.looking import Bits, Numbered
from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.syntax.frames import Function

__all__ = ["Answers", "Callee"]

Callee = tuple[Module, Function | ast.ClassDef]
"""A function or class of the project, whose calls an answer depends on."""

_NOWHERE = 1 << 30
_OUTSIDE = -1

Key = tuple[int, int]
"""An expression and the definition around it, by their ids."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was found behind a spot, which is held so that nothing else gets its ids.

    callees: those whose calls had a say in it, as bits
    cut:     the depth of the outermost question that it was cut short at
    """

    spot: Spot
    found: list[Spot]
    callees: Bits
    cut: int


@dataclass
class Answers:
    """All answers so far.

    callees: those whose calls have had a say since somebody emptied it: which calls are known, the step decides
    numbers: what the bits stand for: hundreds of callees have a say in most answers
    outermost: how many questions were asked for no other one;   lost: how many answers were given up or forgotten
    """

    callees: Bits = 0
    numbers: Numbered[Callee] = field(default_factory=Numbered)
    outermost: int = 0
    lost: int = 0
    _known: dict[Key, _Answer] = field(default_factory=dict)
    _busy: dict[Key, int] = field(default_factory=dict)
    _listed: dict[Key, int] = field(default_factory=dict)
    _drafts: list[Key] = field(default_factory=list)
    _cut: int = _NOWHERE

    @property
    def depth(self) -> int:
        """How many questions are under way, each asked for the one before."""
        return len(self._busy)

    def known(self, spot: Spot) -> list[Spot] | None:
        """What has been found behind a spot; the spot itself where that is being asked; None: nobody has asked."""
        key = _key(spot)
        if key in self._busy:
            self._cut = min(self._cut, self._busy[key])
            return [spot]
        answer = self._known.get(key)
        if answer is None:
            return None
        self._cut = min(self._cut, answer.cut)
        self.callees |= answer.callees
        return answer.found

    def give_up(self, spot: Spot, *, for_good: bool) -> list[Spot]:
        """Leave a spot as it is, as too much has been asked. ``for_good``: the same question would end as this one."""
        self.lost += 1
        self._cut = min(self._cut, 0 if for_good else _OUTSIDE)
        return [spot]

    def items(
        self, spot: Spot, deepest: int, look: Callable[[Spot], list[Spot] | None]
    ) -> list[Spot] | None:
        """The items that ``look`` finds in a spot. None, where they are asked for within more than ``deepest`` others.

        Where the same ones are being asked for, they add nothing to themselves: ``a = list(b)``, ``b = sorted(a)``.
        """
        key = _key(spot)
        if key in self._listed:
            self._cut = min(self._cut, self._listed[key] - 1)
            return []
        if len(self._listed) > deepest:
            self.give_up(spot, for_good=True)
            return None
        self._listed[key] = len(self._busy)
        try:
            return look(spot)
        finally:
            del self._listed[key]

    def find(self, spot: Spot, look: Callable[[Spot], list[Spot]]) -> list[Spot]:
        """What ``look`` finds behind a spot that is not known."""
        key, depth = _key(spot), len(self._busy)
        outer, drafts, callees = self._cut, len(self._drafts), self.callees
        self._cut, self.callees = _NOWHERE, 0
        self._busy[key] = depth
        try:
            found = look(spot)
        finally:
            del self._busy[key]
            cut = self._cut if self._cut < depth else _NOWHERE
            self._cut = min(outer, cut)
            self._forget(drafts, depth)
            asked, self.callees = self.callees, callees | self.callees
        self._known[key] = _Answer(spot, found, asked, cut)
        if cut != _NOWHERE:
            self._drafts.append(key)
            if not depth:
                self.lost += 1
                self._forget(drafts, _OUTSIDE)
        return found

    def _forget(self, start: int, depth: int) -> None:
        """Let go of the answers since ``start`` that were cut short at this depth or further in."""
        ended = [key for key in self._drafts[start:] if self._known[key].cut >= depth]
        if ended:
            for key in ended:
                del self._known[key]
            self._drafts[start:] = [key for key in self._drafts[start:] if key in self._known]


def _key(spot: Spot) -> Key:
    return id(spot.node), id(spot.around[-1]) if spot.around else 0
