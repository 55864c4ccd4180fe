"""What attributes, methods and calls take out of values: by the table for what libraries make, else by the classes."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from ops0.core.analyzer.flow.classes import defines, gives_itself, place_of
from ops0.core.analyzer.flow.places import Callee, Place, Places
from ops0.core.analyzer.flow.rebinding import Seen
from ops0.core.analyzer.flow.sessions import Key
from ops0.core.analyzer.flow.table import FOLLOWS, HOLDS, PASSES, PLAIN, SAME, UNSURE, flow_table
from ops0.core.analyzer.flow.values import CODE, Made, Maker, OfParameter, Own, Value, union
from ops0.core.analyzer.project.module import Module

__all__ = ["CALLED", "Members", "Summaries"]

_LONGEST_TRAIL = 6
CALLED = "()"
"""As an attribute: what calling the value gives."""
ITEMS = "[*]"
"""As an attribute: what a loop over the value gives."""
KEYED, SLICED, INDEXED = "[]", "[:]", "[0]"
"""As attributes: what a key, a slice, or a number written out takes out of the value."""
ELEMENTWISE = "~"
"""As an attribute: what a numpy function makes of it that goes element by element."""
ONLY = "@"
"""As the beginning of an attribute: of the value what the library made that is named behind it."""


class Summaries(Protocol):
    """What is known of the project's functions; Flow keeps it."""

    places: Places

    def summary(self, place: Place) -> Value:
        """What the function at a place gives back, in terms of its own parameters."""

    def result(self, place: Place) -> Value:
        """What the function at a place may give, whoever calls it."""

    def bound(self, name: str, place: Place, seen: Seen | None = None) -> Value:
        """What a name bound at a place may be; ``seen``: by these statements of it."""

    def attribute(self, owner: Place, name: str) -> Value:
        """What ``self.name`` of the class at a place may be."""

    def stored(self, module: Module, key: Key) -> Value:
        """What functions of a module have put into a session under a name."""


class Members:
    """Takes values apart, at one place."""

    def __init__(self, known: Summaries, place: Place) -> None:
        self.known = known
        self.place = place
        self.module = place.module

    def made(self, dotted: str, line: int = 0) -> Value:
        """Something that a library makes here."""
        where = self.module.where(line or self._line())
        return Value(frozenset({Made(dotted, where)}))

    def _line(self) -> int:
        return self.place.path[-1].lineno if self.place.path else 1

    def of_own(self, own: Own, name: str) -> Value:
        """Called, a function gives its result and a class an instance; an instance has attributes."""
        if name == CALLED and not own.instance:
            for callee in self.callees(Value(frozenset({own}))):
                if isinstance(callee.node, ast.ClassDef):
                    return Value(frozenset({Own(own.path, own.name, instance=True)}))
                return self.known.result(callee.place)
        if own.instance and name != CALLED:
            made = self.definition(own)
            if made is not None and isinstance(made.path[-1], ast.ClassDef):
                if gives_itself(self.known.places, made, name):
                    return Value(frozenset({own}))
                return self.known.attribute(made, name)
        return Value(frozenset({own}))

    def callees(self, value: Value) -> list[Callee]:
        """The functions and classes of the project that a value holds."""
        found: list[Callee] = []
        for one in sorted(one for one in value.makers if isinstance(one, Own)):
            made = self.definition(one)
            if not one.instance and made is not None:
                found.append(Callee(made))
        return found

    def definition(self, own: Own) -> Place | None:
        """See place_of."""
        return place_of(self.module, own)

    # members

    def member(self, value: Value, name: str) -> Value:
        """An attribute or method's result of a value: by the table for what libraries make."""
        table = flow_table()
        makers: set[Maker] = set()
        unknown = value.unknown
        named = table.any(name)
        if unknown and named not in (None, PLAIN, PASSES):
            # An array by its name, of whatever library.
            makers, unknown = set(self.made(str(named)).makers), False
        owners = self.owners(value, name)
        its_own = gives_its_own(value, name)
        for one in value.makers:
            if name == CALLED and not isinstance(one, Own) and one.held == CODE:
                continue  # what a function calls is not what it gives
            if its_own and isinstance(one, Made) and one.held:
                continue  # what a library's object was made with
            if owners and self.lies_in(one, owners):
                if not isinstance(one, Own) and one.held == name:
                    makers.add(replace(one, held=""))
                continue  # what else lies in the instance comes out of it by what its class says
            if isinstance(one, OfParameter):
                open_still = named != PLAIN or name in table.not_always_plain
                trail = _shortened((*one.trail, name)) if open_still else ()
                if 0 < len(trail) <= _LONGEST_TRAIL:
                    makers.add(OfParameter(one.function, one.name, trail, one.held))
                else:
                    unknown |= named != PLAIN
                continue
            if isinstance(one, Own):
                found = self.of_own(one, name)
                makers |= found.makers
                unknown |= found.unknown
                continue
            gives = table.method(one.dotted, name)
            unknown |= gives == UNSURE
            if gives in (SAME, PASSES, HOLDS, UNSURE):
                makers.add(one)
            elif gives not in (PLAIN, FOLLOWS):
                makers.add(Made(gives, one.where, held=one.held))
        return Value(frozenset(makers), unknown)

    def looked_up(self, value: Value, by: str) -> Value:
        """What ``[…]`` takes out of a value: something of the same kind, if the table says nothing else.

        by: KEYED, SLICED or INDEXED; a number may be the place of something in a list of such values
        """
        makers: set[Maker] = set()
        for one in value.makers:
            if isinstance(one, OfParameter):
                makers.add(_then(one, by))
                continue
            gives = SAME
            if isinstance(one, Made):
                gives = flow_table().looked_up(one.dotted, sliced=by == SLICED)
            if gives == PLAIN:
                if by == INDEXED:
                    makers.add(one)
                continue
            if isinstance(one, Made) and gives != SAME:
                one = replace(one, dotted=gives, literals=((),))  # noqa: PLW2901 - what came out of it
            makers.add(one)
        return Value(frozenset(makers), value.unknown)

    def items_of(self, value: Value) -> Value:
        """What a loop over a value gives: of a column of texts plain Python, else something of the same kind."""
        makers: set[Maker] = set()
        for one in value.makers:
            if isinstance(one, OfParameter) and not flow_table().to_texts.isdisjoint(one.trail):
                one = replace(one, trail=(*one.trail, ITEMS))  # noqa: PLW2901 - to be seen when it is known
            if not isinstance(one, Made) or not flow_table().plain_items(one.dotted):
                makers.add(one)
        return replace(value, makers=frozenset(makers))

    def owners(self, value: Value, name: str) -> frozenset[Own]:
        """The instances in a value whose classes say what the attribute is."""
        every = (one for one in value.makers if isinstance(one, Own))
        return frozenset(one for one in every if self._has(one, name))

    def lies_in(self, maker: Maker, owners: frozenset[Own]) -> bool:
        """Whether it is in the value as what one of these holds: what was put in, instances of other classes too."""
        if isinstance(maker, Own):
            return maker.instance and maker not in owners
        return bool(maker.held)

    def _has(self, own: Own, name: str) -> bool:
        """Whether an instance has the attribute by what its class says."""
        made = self.definition(own) if own.instance else None
        return made is not None and defines(self.known.places, made, name)

    def elementwise(self, value: Value) -> Value:
        """What a numpy function that goes element by element makes of a value: of a table or its like the same."""
        table = flow_table()
        kept = {
            one
            for one in value.makers
            if isinstance(one, Made) and one.dotted.partition(".")[0] in table.elementwise
        }
        later = {
            replace(one, trail=(*one.trail, ELEMENTWISE))
            for one in value.makers
            if isinstance(one, OfParameter) and len(one.trail) < _LONGEST_TRAIL
        }
        found = Value(frozenset(kept | later))
        if found.makers and len(found.makers) == len(value.makers):
            return found
        return union([found, self.made("numpy.ndarray")])

    def taken_out(self, value: Value, name: str) -> Value:
        """What one part of a trail takes out of a value."""
        if name in (ELEMENTWISE, ITEMS):
            return self.elementwise(value) if name == ELEMENTWISE else self.items_of(value)
        if name in (KEYED, SLICED, INDEXED):
            return self.looked_up(value, name)
        if name.startswith(ONLY):
            return _made_by(value, name[len(ONLY) :])
        if flow_table().any(name) == PLAIN:
            value = replace(value, unknown=False)
        return self.member(value, name)


def gives_its_own(value: Value, name: str) -> bool:
    """Whether a method gives something else than what its object was made with: ``chain.invoke(…)``."""
    every = (flow_table().says(one.dotted, name) for one in value.libraries if not one.held)
    said = [one for one in every if one is not None]
    called = name == CALLED and any(not one.held for one in value.libraries)
    return called or any(one not in (FOLLOWS, HOLDS, PASSES, SAME, UNSURE) for one in said)


def only_of(library: str, one: OfParameter) -> OfParameter:
    """What a library made of what a parameter turns out to be."""
    key = ONLY + library
    return one if one.trail[-1:] == (key,) else replace(one, trail=(*one.trail, key))


def _made_by(value: Value, library: str) -> Value:
    makers = (one for one in value.libraries if one.dotted.partition(".")[0] == library)
    return Value(frozenset(makers))


def _then(one: OfParameter, key: str) -> OfParameter:
    """What is looked up in it, to be seen when it is known; looked up again and again it stays what it is."""
    if len(one.trail) + 1 >= _LONGEST_TRAIL or one.trail[-2:] == (key, key):
        return one
    return replace(one, trail=(*one.trail, key))


@lru_cache(maxsize=10_000)
def _shortened(trail: tuple[str, ...]) -> tuple[str, ...]:
    """A trail that is too long without one of two neighbours which give the library's own of every library."""
    if len(trail) <= _LONGEST_TRAIL:
        return trail
    told = [one.startswith(ONLY) or flow_table().is_told(one) for one in trail]
    twice = next((at for at in range(1, len(trail)) if not (told[at - 1] or told[at])), None)
    return trail if twice is None else (*trail[:twice], *trail[twice + 1 :])
