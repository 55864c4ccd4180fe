"""What one piece of code does by itself, read once, with all that depends on what it calls left open.

Sets of roots are numbers, a bit for each of the outline's elements: code that calls many functions joins sets all the
time, and they share most of what they hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ops0.core.analyzer.effects.callables import Code
from ops0.core.analyzer.effects.doings import LocalName, Root
from ops0.core.analyzer.syntax.model import Cell

__all__ = ["But", "CallSite", "Of", "Outline", "Roots"]

Roots = int
"""A set of an outline's elements."""


class Of(NamedTuple):
    """What a call gives back, changes, calls, or gives to code that may change it: known when what it calls is."""

    what: Literal["returned", "changed", "handed", "invoked"]
    site: int


class But(NamedTuple):
    """A set without one local name. No Cell and no Of: those begin with a text."""

    roots: Roots
    name: str


Element = Root | Of | But


class CallSite(NamedTuple):
    """One call of code of the project.

    given: what each parameter is filled with, if anything;  every: what each name of the code is, where arguments
           are unpacked
    """

    callee: Code
    given: tuple[tuple[str, Roots], ...]
    every: Roots | None

    @property
    def roots(self) -> Roots:
        """All that the code is given."""
        found = self.every or 0
        for _, roots in self.given:
            found |= roots
        return found


@dataclass(slots=True)
class Outline:
    """What executing a piece of code does: the fields of Doings, and the calls that add to them.

    elements: what a bit stands for; one only depends on those before it
    sites:    calls that give the same code the same are one
    run:      code that is called, each with the names that change if that changes what it is given
    at_once:  code that is run without a call, as a property: what it does to its parameters shows nowhere
    invoked:  what is called that is a value here, or that an unknown callee may call: ``fn()``, ``map(load, rows)``
    held:     of a module's top only: (holders, what they may be or hold)
    """

    elements: list[Element] = field(default_factory=list)
    sites: list[CallSite] = field(default_factory=list)
    run: dict[tuple[Code, frozenset[Cell]], None] = field(default_factory=dict)
    at_once: dict[Code, None] = field(default_factory=dict)
    changed: Roots = 0
    handed: Roots = 0
    returned: Roots = 0
    invoked: Roots = 0
    held: list[tuple[Roots, Roots]] = field(default_factory=list)
    libraries: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    _places: dict[Element, int] = field(default_factory=dict)
    _sites: dict[CallSite, int] = field(default_factory=dict)

    def bit(self, element: Element) -> Roots:
        """The set of one element."""
        # Places are kept, not their bits: the bit of the 80,000th element is a number of 10 kB.
        known = self._places.get(element)
        if known is None:
            known = self._places[element] = len(self.elements)
            self.elements.append(element)
        return 1 << known

    def site(self, made: CallSite) -> int:
        """The place of a call among the sites."""
        known = self._sites.get(made)
        if known is None:
            known = self._sites[made] = len(self.sites)
            self.sites.append(made)
        return known

    def bits(self, elements: Iterable[Element]) -> Roots:
        """The set of these elements."""
        found = 0
        for one in elements:
            found |= self.bit(one)
        return found

    def without(self, roots: Roots, name: str) -> Roots:
        """The set without a local name, whatever the calls in it will give."""
        plain = roots & ~self.bit(LocalName(name))
        return plain and self.bit(But(plain, name))

    def callees(self) -> tuple[Code, ...]:
        """All code that it depends on."""
        return tuple(dict.fromkeys([*(site.callee for site in self.sites), *self.at_once]))
