"""What is reached follows from where a reach began alone: from no order of finding, and from nothing found before."""

from __future__ import annotations

import random
import warnings
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from effort import cases
from hypothesis import assume, given
from hypothesis import strategies as st
from slicing.projects import Statements, make_project, texts

from ops0.core.analyzer import function_facts
from ops0.core.analyzer.flow import Flow, Handing
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.project.shelf import Shelf
from ops0.core.analyzer.reach import starts
from ops0.core.analyzer.reach.finishing import Finishing
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.reach.starts import Start, begin_at, roots_of, size_of
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

TARGET = Target(python="3.11")
PROJECTS = st.randoms(use_true_random=False).map(make_project)
DICE = st.integers(0, 2**32).map(random.Random)


class AnyOrder(deque[Any]):
    """What waits to be followed, taken in any order."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self.dice = dice

    def popleft(self) -> Any:
        self.rotate(self.dice.randrange(len(self)))
        return super().popleft()


@dataclass
class AnyRule:
    """The rules of a reach, each tried in any order until none adds anything."""

    finishing: Finishing
    dice: random.Random
    tried: list[str] = field(default_factory=list)

    def finish(self) -> None:
        self.finishing.reach.drain()
        rules: list[Callable[[], bool]] = [
            self.finishing.effects.add,
            self.finishing.methods.add,
            self.finishing.hints.add,
        ]
        self.dice.shuffle(rules)
        while any(rule() for rule in rules):
            self.finishing.reach.drain()
            self.dice.shuffle(rules)


def of_project(project: Statements) -> Project:
    files = texts(project)
    assume(all(map(is_valid, files.values())))
    return Shelf(MemorySource(files)).project("p.py", (".",), TARGET, ())


def is_valid(text: str) -> bool:
    with warnings.catch_warnings(), suppress(SyntaxError):
        warnings.simplefilter("ignore")
        return bool(compile(text, "p.py", "exec"))
    return False


def begun(project: Project, waiting: deque[Any] | None = None) -> Reach:
    """The reach of ``p.f``, nothing followed."""
    module = project.module("p.py")
    reach = Reach(project, handing=Handing(Flow()), waiting=waiting or deque())
    reach.touch(module)
    (unit,) = (one for one in module.bindings["f"] if one.kind == "define")
    reach.keep(module, unit)
    return reach


def state(reach: Reach) -> Mapping[str, Any]:
    """All that a step's facts are made of."""
    return {
        "kept": reach.kept,
        "taken": reach.taken,
        "whole": reach.whole,
        "names": reach.names,
        "tops": reach.tops,
        "externals": {(one.module.path, one.dotted, one.one) for one in reach.externals},
        "idle": reach.idle.keys(),
        "lost": {(module.path, one) for module, one in reach.lost},
        "warnings": reach.warnings.keys(),
    }


def finished(project: Statements) -> Mapping[str, Any]:
    reach = begun(of_project(project))
    Finishing(reach).finish()
    return state(reach)


@cases(60, 20_000)
@given(PROJECTS, DICE)
def test_no_order_of_following_has_a_say(project: Statements, dice: random.Random) -> None:
    reach = begun(of_project(project), AnyOrder(dice))
    AnyRule(Finishing(reach), dice).finish()
    assert state(reach) == finished(project)


@cases(60, 20_000)
@given(PROJECTS, DICE)
def test_a_reach_that_goes_on_from_a_part_of_it_is_the_same(
    project: Statements, dice: random.Random
) -> None:
    """Whatever of its beginning has been finished before, and whatever that went on from itself."""
    reach = begun(of_project(project))
    reach.drain()
    start = None
    roots = sorted(roots_of(reach))
    wanted: frozenset[tuple[str, int]] = frozenset()
    for _ in range(dice.randrange(1, 4)):
        wanted |= frozenset(dice.sample(roots, dice.randrange(len(roots) + 1)))
        fresh = reach.fresh()
        begin_at(fresh, wanted)
        made = Finishing(fresh, start)
        made.finish()
        start = Start(wanted, size_of(fresh), made)
    Finishing(reach, start).finish()
    assert state(reach) == finished(project)


def cost_of(files: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, few: int) -> tuple[Any, int]:
    """The facts of all functions, and how many units rules have looked for."""
    found = 0
    real = Finishing.finish

    def finish(self: Finishing) -> None:
        nonlocal found
        before = size_of(self.reach)
        real(self)
        found += size_of(self.reach) - before

    monkeypatch.setattr(Finishing, "finish", finish)
    monkeypatch.setattr(starts, "_FEW", few)
    facts = function_facts(MemorySource(files), "p.py", None, roots=(".",), target=TARGET)
    monkeypatch.undo()
    return facts, found


def test_what_functions_have_in_common_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements that change what all reach are kept for all: looked for twice, then taken. Looked for by each: 20 times."""
    tables = "".join(f"import t{at}\n" for at in range(30))
    files = {
        "p.py": f"import base\n{tables}"
        + "".join(
            f"\ndef own{at}(x):\n    return x\n\ndef s{at}(x):\n    return base.TABLE[x], own{at}(x)\n"
            for at in range(20)
        ),
        "base.py": "TABLE = {}\n",
    } | {
        f"t{at}.py": f"import base\ndef a{at}(x):\n    return x\nbase.TABLE[{at}] = a{at}\n"
        for at in range(30)
    }
    alone, all_of_them = cost_of(files, monkeypatch, 10**9)
    shared, few = cost_of(files, monkeypatch, 10)
    assert shared == alone
    assert few * 5 < all_of_them


def told(*functions: str) -> str | None:
    """Why ``h.py`` is kept whole, by whichever of two functions is followed first."""
    text = "import h\n\ndef a():\n    return eval_of(h)\n\ndef b():\n    return vars(h)\n\ndef eval_of(x):\n    return x\n"
    calls = ", ".join(f"{one}()" for one in functions)
    files = {"p.py": f"{text}\ndef f():\n    return {calls}\n", "h.py": "x = 1\n"}
    facts = function_facts(MemorySource(files), "p.py", "f", roots=(".",), target=TARGET)["f"]
    return next(one.whole for one in facts.slices if one.path == "h.py")


def test_of_several_reasons_the_first_in_the_source_is_told() -> None:
    assert told("a", "b") == told("b", "a") == "p.py:1: the module itself is used as a value"


def test_a_change_keeps_its_place_among_the_imports_also_where_a_name_is_used() -> None:
    """``steps`` is imported before ``other`` clears the table, whoever keeps what it does."""
    files = {
        "base.py": "TABLE = {}\n",
        "steps.py": "from base import TABLE\n\ndef made():\n    return 1\n\nTABLE['x'] = made\n",
        "other.py": "from base import TABLE\nimport steps\n\nsize = len(TABLE)\n",
        "p.py": "import other\nfrom steps import made\nfrom base import TABLE\n\ndef f():\n    return other.size, made, TABLE\n",
    }
    facts = function_facts(MemorySource(files), "p.py", "f", roots=(".",), target=TARGET)["f"]
    text = {one.path: one.text for one in facts.slices}
    assert "import steps" in text["other.py"]
