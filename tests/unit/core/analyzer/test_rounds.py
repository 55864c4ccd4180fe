"""What functions in circles do is found with few questions, and calls that are the same are held once."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from ops0.core.analyzer.effects.callables import Code
from ops0.core.analyzer.effects.doings import LocalName
from ops0.core.analyzer.effects.outlines import CallSite, Of, Outline
from ops0.core.analyzer.effects.rounds import in_rounds
from ops0.core.analyzer.effects.watching import watch
from ops0.core.analyzer.effects.world import World
from ops0.core.analyzer.project.modules import Project
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

graphs = st.integers(1, 9).flatmap(
    lambda count: st.lists(
        st.sets(st.integers(0, count - 1), max_size=3), min_size=count, max_size=count
    )
)


@given(graphs)
def test_that_all_is_asked_until_nothing_changes(calls: list[set[int]]) -> None:
    found = [0] * len(calls)

    def ask(here: int) -> Iterable[int]:
        now = 1 << here
        for one in calls[here]:
            now |= found[one]
        changed, found[here] = now != found[here], now
        return [one for one, called in enumerate(calls) if here in called] if changed else ()

    in_rounds(len(calls), ask)
    for here, called in enumerate(calls):
        assert found[here] == 1 << here | sum_of(found[one] for one in called)


def sum_of(sets: Iterable[int]) -> int:
    every = 0
    for one in sets:
        every |= one
    return every


def test_that_a_change_goes_through_all_before_one_is_asked_again() -> None:
    """A ring: each depends on the one before, and the first on the last."""
    asked: list[int] = []

    def ask(here: int) -> Iterable[int]:
        asked.append(here)
        return [(here + 1) % 5] if len(asked) <= 6 else ()

    in_rounds(5, ask)
    assert asked == [0, 1, 2, 3, 4, 0, 1]


def outline_of(text: str) -> Outline:
    project = Project(MemorySource({"one.py": text}), (".",), Target(python="3.11"))
    module = project.module("one.py")
    (function,) = (unit.node for unit in module.units if getattr(unit.node, "name", "") == "many")
    return watch(function.body, Code(module, World.gathered(module), node=function))  # type: ignore[attr-defined, arg-type]


def test_that_a_thousand_calls_that_are_the_same_are_one() -> None:
    """sympy's hyperexpand.py: 22,306 calls in one function, of which a few hundred differ."""
    calls = "    x = made(1)\n    y = made(x)\n"
    head = "def made(value):\n    return [value]\ndef many():\n"
    few, many = outline_of(head + calls * 3), outline_of(head + calls * 1000)
    assert len(many.sites) == len(few.sites)
    assert many.elements == few.elements


def test_that_calls_that_are_given_something_else_are_told_apart() -> None:
    outline = Outline()
    code = Code(None, None)  # type: ignore[arg-type]
    first, second = (outline.bit(LocalName(name)) for name in "ab")
    sites = [
        outline.site(CallSite(code, (("x", given),), every))
        for given, every in ((first, None), (second, None), (first, None), (first, second))
    ]
    assert sites == [0, 1, 0, 2]
    assert outline.bit(Of("returned", 0)) == outline.bit(Of("returned", sites[2])) != second
