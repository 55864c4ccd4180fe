"""What a value may hold: who made it, as far as reading can tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from ops0.core.pipeline import Where

__all__ = [
    "ANY_ATTRIBUTE",
    "ANY_ITEM",
    "CODE",
    "NOTHING",
    "UNKNOWN",
    "Made",
    "Maker",
    "OfParameter",
    "Own",
    "Value",
    "also",
    "held",
    "union",
    "with_items",
]


@dataclass(frozen=True, slots=True, order=True)
class Made:
    """Something that a library made: ``pandas.read_csv``, or one of its types. ``literals``: as in TypeFact.

    held: the attribute of something among the makers too that it lies in, ANY_ATTRIBUTE where nobody says in which
    optional: as in TypeFact
    """

    dotted: str
    where: Where
    literals: tuple[tuple[tuple[str, str], ...], ...] = ((),)
    held: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Own:
    """A definition of the project, or an instance of one: ``name`` at the top of the file ``path``."""

    path: str
    name: str
    instance: bool


@dataclass(frozen=True, slots=True, order=True)
class OfParameter:
    """Whatever a parameter of a function is called with, and the attributes ``trail`` taken of it.

    function: the identity of its syntax tree;  held: as in Made
    """

    function: int
    name: str
    trail: tuple[str, ...] = ()
    held: str = ""


Maker = Made | Own | OfParameter

ANY_ATTRIBUTE = "*"
"""In place of an attribute's name: nobody says in which it lies."""
CODE = "()"
"""In place of an attribute's name: a function uses it, and who has the function needs it."""
ANY_ITEM = -1
"""In place of an item's index: it may be any item of the value, or a list of such values."""


@dataclass(frozen=True, slots=True)
class Value:
    """What may be in a value, containers included: a dictionary of frames holds what makes frames.

    makers:  plain Python is made by nobody
    unknown: there may be more in it that reading cannot tell
    parts:   of a tuple written out, each item for itself
    """

    makers: frozenset[Maker] = frozenset()
    unknown: bool = False
    parts: tuple[Value, ...] | None = None

    def part(self, index: int) -> Value:
        """One item of it, or any of them."""
        if self.parts is not None and ANY_ITEM < index < len(self.parts):
            return self.parts[index]
        return Value(self.makers, self.unknown)

    @property
    def libraries(self) -> frozenset[Made]:
        """What libraries made of it."""
        return frozenset(one for one in self.makers if isinstance(one, Made))


NOTHING = Value()
"""Plain Python."""

UNKNOWN = Value(unknown=True)


def held(value: Value, name: str = ANY_ATTRIBUTE) -> Value:
    """The value as the content of something else, in its attribute of that name."""
    makers = (
        one if isinstance(one, Own) or one.held else replace(one, held=name) for one in value.makers
    )
    return Value(frozenset(makers), value.unknown)


def also(said: Value | None) -> tuple[Value, ...]:
    """What an annotation says beside what is found, if it says anything."""
    return () if said is None else (said,)


def with_items(value: Value, which: Collection[int], other: Value) -> Value:
    """A tuple that is known by its items, with some of these taken of another that is the same tuple."""
    parts = value.parts or ()
    items = tuple(other.part(at) if at in which else one for at, one in enumerate(parts))
    whole = union(items)
    return Value(whole.makers, whole.unknown, items)


def union(values: Iterable[Value]) -> Value:
    """A value that may be any of these, or hold them."""
    every = tuple(values)
    found = tuple(one for one in every if one != NOTHING)
    if len(found) < 2:
        return found[0] if found else NOTHING
    makers = frozenset[Maker]().union(*(one.makers for one in found))
    sizes = {len(one.parts) for one in found if one.parts is not None}
    parts = None
    if len(sizes) == 1 and all(one.parts is not None for one in found):
        parts = tuple(union(one.part(index) for one in found) for index in range(sizes.pop()))
    return Value(makers, any(one.unknown for one in found), parts)
