"""What calling code does, with all that it calls: found together, since functions may call each other in circles."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ops0.core.analyzer.effects.callables import Code
from ops0.core.analyzer.effects.circles import circles
from ops0.core.analyzer.effects.doings import Doings
from ops0.core.analyzer.effects.looking import NOTHING, Done, Look, Numbers
from ops0.core.analyzer.effects.outlines import Outline
from ops0.core.analyzer.effects.watching import watch
from ops0.core.analyzer.syntax.model import Cell

__all__ = ["Solver"]


@dataclass(eq=False)
class Solver:
    """What is known of the code of one world: all that a statement may run is read once, however many run it.

    looks: how often it was asked what a piece of code does, given what is known of what it calls
    """

    numbers: Numbers = field(default_factory=Numbers)
    looks: int = 0
    _known: dict[Code, Done] = field(default_factory=dict)

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
        cells = self.numbers.cells
        seen, pending = 0, done.invoked.cells
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
        known, callers = self._known, dict[Code, list[Code]]()
        known.update(dict.fromkeys(group, NOTHING))
        if len(group) > 1 or group[0] in _callees(group[0], looks):
            inside = set(group)
            for one in group:
                for callee in _callees(one, looks):
                    if callee in inside:
                        callers.setdefault(callee, []).append(one)
        pending, waiting = deque(reversed(group)), set(group)  # the called first
        while pending:
            here = pending.popleft()
            waiting.discard(here)
            self.looks += 1
            done = self._any_of(here) if here.members else looks[here].done(known)
            if done != known[here]:
                known[here] = done
                again = [one for one in callers.get(here, ()) if one not in waiting]
                pending.extend(again)
                waiting.update(again)
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
