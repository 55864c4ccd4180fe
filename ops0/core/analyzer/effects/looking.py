"""One look at a piece of code: what it does, given what is known by now of what it calls."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from ops0.core.analyzer.effects.callables import Code
from ops0.core.analyzer.effects.doings import LocalName
from ops0.core.analyzer.effects.outlines import But, Of, Outline, Roots
from ops0.core.analyzer.syntax.model import Cell
from ops0.core.analyzer.syntax.sharing import shared

__all__ = ["NOTHING", "Bits", "Done", "Effect", "Look", "Numbered", "Numbers"]

Thing = TypeVar("Thing", bound=Hashable)
Bits = int


class Numbered(dict[Thing, Bits]):
    """Things of a whole world, each with a bit of its own: sets of them are numbers, joined at once however large."""

    def __init__(self) -> None:
        super().__init__()
        self._every: list[Thing] = []
        self._sets: dict[Bits, frozenset[Thing]] = {}

    def __missing__(self, thing: Thing) -> Bits:
        made = self[thing] = 1 << len(self)
        self._every.append(thing)
        return made

    def bits(self, things: Iterable[Thing]) -> Bits:
        """The set of these things."""
        found = 0
        for one in things:
            found |= self[one]
        return found

    def things(self, bits: Bits) -> Iterator[Thing]:
        """What is in a set."""
        while bits:
            lowest = bits & -bits
            yield self._every[lowest.bit_length() - 1]
            bits ^= lowest

    def set_of(self, bits: Bits) -> frozenset[Thing]:
        """The same as a set, one for the same things: thousands of statements may change the same thousand names."""
        found = self._sets.get(bits)
        if found is None:
            found = self._sets[bits] = shared(self.things(bits))
        return found


@dataclass(frozen=True, slots=True)
class Numbers:
    """The names of the project and the dotted names of libraries, as bits."""

    cells: Numbered[Cell] = field(default_factory=Numbered)
    texts: Numbered[str] = field(default_factory=Numbered)


class Effect(NamedTuple):
    """Roots: names of the project, and names of the code itself."""

    cells: Bits = 0
    names: frozenset[str] = frozenset()

    def joined(self, other: Effect, name: str) -> Effect:
        """Both, with one name for all names of the other."""
        return Effect(self.cells | other.cells, self.names | {name} if other.names else self.names)


class Done(NamedTuple):
    """What calling code does: see Doings.

    returned: what the result may be or hold;  invoked: what is called that has been handed around as a value
    """

    changed: Effect = Effect()
    handed: Effect = Effect()
    returned: Effect = Effect()
    libraries: Bits = 0
    called: Bits = 0
    invoked: Effect = Effect()

    def joined(self, other: Done, name: str, owner: Bits) -> Done:
        """Either of two, with one name for all names of the other; ``owner`` is changed as well."""
        changed = self.changed.joined(other.changed, name)
        return Done(
            Effect(changed.cells | owner, changed.names),
            self.handed.joined(other.handed, name),
            self.returned.joined(other.returned, name),
            self.libraries | other.libraries,
            self.called | other.called,
            self.invoked.joined(other.invoked, name),
        )


NOTHING = Done()
_NO_EFFECT = Effect()


class _Open:
    """An element that is known when others are, and a call's code.

    roots:  the elements that it may come from;   filled: those that it does come from, as far as was found
    seen:   this effect of its callee when it was found the last time
    """

    __slots__ = ("at", "callee", "element", "filled", "roots", "seen", "what")

    def __init__(self, at: int, element: Of | But, callee: Code | None, roots: Roots) -> None:
        self.at, self.element, self.callee, self.roots = at, element, callee, roots
        self.what = element.what if isinstance(element, Of) else ""
        self.seen: Effect | None = None
        self.filled: Roots = 0


class _Sum:
    """An effect of a whole piece of code: what a set of its elements comes to, as far as was found.

    names: the local ones among them
    """

    __slots__ = ("effect", "names", "roots")

    def __init__(self, roots: Roots) -> None:
        self.roots = roots
        self.names: Roots = 0
        self.effect: Effect | None = None


class Look:
    """What an outline comes to. Made once, and asked again whenever more is known."""

    def __init__(self, outline: Outline, numbers: Numbers) -> None:
        self.outline = outline
        self.callees = outline.callees()
        self._cells: list[Bits] = []
        self._names: list[Roots] = []
        self._open: list[_Open] = []
        # Those of the code, but for what the code that it runs changes by itself: changed, handed, returned, invoked.
        kinds = (outline.changed, outline.handed, outline.returned, outline.invoked)
        self._effects = [_Sum(roots) for roots in kinds]
        self._done = NOTHING
        given = [site.roots for site in outline.sites]  # one number for all that a call does
        for at, element in enumerate(outline.elements):
            cells, names = 0, 0
            if isinstance(element, Of):
                callee = outline.sites[element.site].callee
                self._open.append(_Open(at, element, callee, given[element.site]))
            elif isinstance(element, But):
                self._open.append(_Open(at, element, None, element.roots))
            elif isinstance(element, LocalName):
                names = 1 << at
            else:
                cells = numbers.cells[element]
            self._cells.append(cells)
            self._names.append(names)
        self._libraries = numbers.texts.bits(outline.libraries)
        self._called = numbers.texts.bits(outline.called)
        self._run = [(callee, numbers.cells.bits(closures)) for callee, closures in outline.run]

    def done(self, known: Mapping[Code, Done]) -> Done:
        """What the code does with what it calls, by what is known of that."""
        moved = self._find(known)
        own, handed, returned, invoked = (self._summed(one, moved) for one in self._effects)
        changed, libraries, called = own.cells, self._libraries, self._called
        for callee, closures in self._run:
            its = known[callee]
            libraries |= its.libraries
            called |= its.called
            changed |= closures if its.changed.names else 0
        for callee in self.outline.at_once:
            changed |= known[callee].changed.cells
            libraries |= known[callee].libraries
        before = self._done.changed
        every = before if before == (changed, own.names) else Effect(changed, own.names)
        self._done = Done(every, handed, returned, libraries, called, invoked)
        return self._done

    def _find(self, known: Mapping[Code, Done]) -> Roots:
        """Find what is open, where that which it comes from has moved since the last look. Gives what has moved.

        Nothing is ever taken back: what has been found stays, and only what is new is added to it.
        """
        moved: Roots = 0
        for one in self._open:
            callee = one.callee
            its: Effect = _NO_EFFECT if callee is None else getattr(known[callee], one.what)
            if its is one.seen and not one.roots & moved:
                continue
            before = self._cells[one.at], self._names[one.at]
            found = self._grown(one, its, moved)
            one.seen = its
            if found != before:
                self._cells[one.at], self._names[one.at] = found
                moved |= 1 << one.at
        return moved

    def _grown(self, one: _Open, its: Effect, moved: Roots) -> tuple[Bits, Roots]:
        """What an element is, by what it was and what has come to that which it comes from."""
        element, roots, passed = one.element, one.filled, 0
        if isinstance(element, But):
            roots = element.roots
        elif its is not one.seen:
            passed, roots = its.cells, self._filled(element, its)
        cells, names = self.value(roots & ~one.filled | roots & moved)
        one.filled = one.roots if roots == one.roots else roots
        if isinstance(element, But):
            names &= ~self.outline.bit(LocalName(element.name))
        cells |= self._cells[one.at] | passed
        # What a callee gives and what comes of it is nearly always the same: one number for both.
        return passed if cells == passed else cells, self._names[one.at] | names

    def _filled(self, element: Of, effect: Effect) -> Roots:
        """Of what the called code names itself, that which it is filled with here."""
        site = self.outline.sites[element.site]
        if site.every is not None:
            return 0 if effect.names.isdisjoint(site.callee.names) else site.every
        roots = 0
        for name, one in site.given:
            roots |= one if name in effect.names else 0
        return roots

    def value(self, roots: Roots) -> tuple[Bits, Roots]:
        """The names of the project in a set, and its local ones."""
        cells, names = 0, 0
        while roots:
            lowest = roots & -roots
            at = lowest.bit_length() - 1
            cells |= self._cells[at]
            names |= self._names[at]
            roots ^= lowest
        return cells, names

    def _summed(self, one: _Sum, moved: Roots) -> Effect:
        """An effect, with what has moved since the last look."""
        new = one.roots & moved if one.effect is not None else one.roots
        before = one.effect or _NO_EFFECT
        cells, names = self.value(new)
        cells |= before.cells
        if one.effect is None or cells != before.cells or names & ~one.names:
            one.names |= names
            one.effect = Effect(cells, shared(self._texts(one.names)))
        return one.effect

    def _texts(self, names: Roots) -> Iterator[str]:
        elements = self.outline.elements
        while names:
            lowest = names & -names
            element = elements[lowest.bit_length() - 1]
            if isinstance(element, LocalName):
                yield element.name
            names ^= lowest
