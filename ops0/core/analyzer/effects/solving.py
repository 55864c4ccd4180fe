"""What calling code does, with all that it calls: found together, since functions may call each other in circles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ops0.core.analyzer.effects.callables import Code
from ops0.core.analyzer.effects.circles import circles
from ops0.core.analyzer.effects.doings import Doings
from ops0.core.analyzer.effects.looking import NOTHING, Bits, Done, Look, Numbers
from ops0.core.analyzer.effects.outlines import Outline
from ops0.core.analyzer.effects.rounds import in_rounds
from ops0.core.analyzer.effects.watching import watch
from ops0.core.analyzer.syntax.model import Cell

__all__ = ["Solver"]


@dataclass(eq=False)
class Solver:
    """What is known of the code of one world: all that a statement may run is read once, however many run it.

    looks: how often it was asked what a piece of code does, given what is known of what it calls
    _values: what comes of calling the values of names, by their bits: statements that call into a circle have the same
    """

    numbers: Numbers = field(default_factory=Numbers)
    looks: int = 0
    _known: dict[Code, Done] = field(default_factory=dict)
    _values: dict[Bits, Done] = field(default_factory=dict)

    def doings(self, outline: Outline, behind: Callable[[Cell], tuple[Code, ...]]) -> Doings:
        """What a statement at the top of a module does, with all that it calls.

        behind: what calling the value of a name may run
        """
        self._learn(outline.callees())
        look, cells, texts = Look(outline, self.numbers), self.numbers.cells, self.numbers.texts
        done = self._with_invoked(look.done(self._known), behind)
        held = ([look.value(one)[0] for one in pair] for pair in outline.held)
        return Doings(
            changed=cells.set_of(done.changed.cells),
            handed=cells.set_of(done.handed.cells),
            libraries=texts.set_of(done.libraries),
            called=texts.set_of(done.called),
            held=tuple((cells.set_of(one), cells.set_of(of)) for one, of in held if one and of),
        )

    def _with_invoked(self, done: Done, behind: Callable[[Cell], tuple[Code, ...]]) -> Done:
        """The same with what the functions do that are called as values: what they are given is not known."""
        start = done.invoked.cells
        if start not in self._values:
            self._values[start] = self._of_values(start, behind)
        return done.joined(self._values[start], "*", 0)

    def _of_values(self, start: Bits, behind: Callable[[Cell], tuple[Code, ...]]) -> Done:
        """What calling the values of some names does, with all values that those call."""
        cells, done = self.numbers.cells, NOTHING
        seen, pending = 0, start
        while pending:
            seen |= pending
            codes = tuple(code for cell in cells.things(pending) for code in behind(cell))
            self._learn(codes)
            for code in codes:
                done = done.joined(self._known[code], "*", 0)
            pending = done.invoked.cells & ~seen
        return done

    def _learn(self, codes: Iterable[Code]) -> None:
        for code in codes:
            if code not in self._known:
                self._solve(code)

    def _solve(self, code: Code) -> None:
        """Note what code and all that it calls do: the called first, so once each where nothing recurs."""
        looks: dict[Code, Look] = {}

        def callees(one: Code) -> list[Code]:
            if not one.members:
                looks[one] = Look(watch(one.body, one), self.numbers)
            return [callee for callee in _callees(one, looks) if callee not in self._known]

        for group in circles(code, callees):
            self._settle(group, looks)

    def _settle(self, group: list[Code], looks: dict[Code, Look]) -> None:
        """Note what code does that calls each other, and nothing else that is unknown: look until nothing is added."""
        known, places = self._known, {one: at for at, one in enumerate(reversed(group))}
        known.update(dict.fromkeys(group, NOTHING))
        order = list(places)  # the called first
        callers = _callers(places, looks)

        def ask(at: int) -> Iterable[int]:
            here = order[at]
            self.looks += 1
            done = self._any_of(here) if here.members else looks[here].done(known)
            if done == known[here]:
                return ()
            known[here] = done
            return callers.get(at, ())

        in_rounds(len(order), ask)
        for one in group:
            looks.pop(one, None)

    def _any_of(self, code: Code) -> Done:
        """What several do of which it is not known which one is called."""
        done = NOTHING
        for one in code.members:
            its = self._known[one]
            owner = self.numbers.cells.bits(one.owner) if its.changed.names else 0
            done = done.joined(its, "*", owner)
        return done


def _callees(code: Code, looks: dict[Code, Look]) -> tuple[Code, ...]:
    return code.members or looks[code].callees


def _callers(places: Mapping[Code, int], looks: dict[Code, Look]) -> dict[int, list[int]]:
    """By the place of code in a circle, the places of the code that calls it."""
    found: dict[int, list[int]] = {}
    for one, at in places.items():
        for callee in _callees(one, looks):
            if callee in places:
                found.setdefault(places[callee], []).append(at)
    return found
