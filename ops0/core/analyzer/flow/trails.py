"""What open parameters turn out to be, with the attributes that are taken of them: each beginning of a trail once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ops0.core.analyzer.flow.members import Members
from ops0.core.analyzer.flow.values import Maker, OfParameter, Value, held

__all__ = ["Trails", "put_in"]

Beginning = tuple[str, tuple[str, ...]]


@dataclass
class Trails:
    """Of one function's parameters, as one call fills them: hundreds of trails have their beginnings in common."""

    here: Members
    given: Callable[[str], Value]
    _known: dict[Beginning, Value] = field(default_factory=dict)

    def along(self, one: OfParameter) -> Value:
        """The attributes, one after the other, of what a parameter is given."""
        trail, at = one.trail, len(one.trail)
        while at and (one.name, trail[:at]) not in self._known:
            at -= 1
        value = self._known.get((one.name, trail[:at]))
        if value is None:
            value = self._known[one.name, ()] = self.given(one.name)
        for end in range(at, len(trail)):
            value = self._known[one.name, trail[: end + 1]] = self.here.taken_out(value, trail[end])
        return held(value, one.held) if one.held else value


def put_in(value: Value, of: Callable[[int], Trails | None]) -> Value:
    """A value with open parameters, in its parts too, replaced by what they turn out to be.

    of: the identity of a function's syntax tree -> what its parameters are; None: they stay open
    """
    makers: set[Maker] = set()
    unknown = value.unknown
    for one in value.makers:
        if not isinstance(one, OfParameter) or (trails := of(one.function)) is None:
            makers.add(one)
            continue
        found = trails.along(one)
        makers |= found.makers
        unknown |= found.unknown
    parts = value.parts and tuple(put_in(one, of) for one in value.parts)
    return Value(frozenset(makers), unknown, parts)
