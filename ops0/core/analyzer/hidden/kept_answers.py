"""What expressions may be, found once for all steps that know the same calls of the functions on the way.

An expression leads through parameters to the calls of the function around it, and which of these are known, the step
decides. Nothing else of a step has a say. So an answer is kept with the calls that had one: a step that knows the
very same calls takes it, others ask anew. Hundreds of callees have a say in most answers, so each is numbered with
the calls of it that some step knows, and a step compares its own with each number once, not once for each answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ops0.core.analyzer.effects.looking import Bits, Numbered
from ops0.core.analyzer.hidden.answers import Callee
from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.hidden.texts import texts

__all__ = ["kept_answer", "texts_once"]

Answer = TypeVar("Answer")
_MOST_KEPT = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Calls:
    """Calls of a callee that some step knows: the same value for the same ones, so it is told by its identity."""

    callee: Callee
    known: Iterable[Spot]

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Calls) and self.callee == other.callee and self.known is other.known
        )

    def __hash__(self) -> int:
        return hash((self.callee, id(self.known)))


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Answer]):
    """What was found behind a spot, which is held so that nothing else gets its ids.

    calls: those that had a say in it, as bits
    """

    spot: Spot
    calls: Bits
    answer: Answer


def kept_answer(spots: Spots, kind: str, spot: Spot, find: Callable[[], Answer]) -> Answer:
    """What ``find`` finds by asking ``spots`` about a spot; a value. ``kind``: the question."""
    # A module's syntax lives as long as its memory, and a kept answer holds what was made beside it.
    key = (kind, id(spot.node), id(spot.around[-1]) if spot.around else 0)
    kept: list[_Kept[Answer]] = spot.module.memory.once(key, list)
    numbers: Numbered[_Calls] = spot.module.project.memory.once("calls of callees", Numbered)
    for one in reversed(kept):
        if _knows(spots, numbers, one.calls):
            return one.answer
    spots.answers.callees = 0
    answer = find()
    callees = spots.answers.numbers.things(spots.answers.callees)
    calls = numbers.bits(_Calls(one, spots.sites(*one)) for one in callees)
    kept.append(_Kept(spot, calls, answer))
    del kept[:-_MOST_KEPT]
    return answer


def texts_once(spots: Spots, spot: Spot) -> tuple[str, ...]:
    """See ``texts``."""
    return kept_answer(spots, "texts", spot, lambda: texts(spots, spot))


def _knows(spots: Spots, numbers: Numbered[_Calls], calls: Bits) -> bool:
    """Whether the step at hand knows all of these calls, and of their callees no others."""
    if calls & spots.others:
        return False
    for one in numbers.things(calls & ~spots.same):
        if spots.sites(*one.callee) is not one.known:
            spots.others |= numbers[one]
            return False
        spots.same |= numbers[one]
    return True
