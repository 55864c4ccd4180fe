"""Files that are named through functions: each function is followed once, and for each step with its own calls."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable

import pytest

from ops0.core.analyzer import function_facts
from ops0.core.analyzer.hidden.answers import Answers
from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.syntax.pathuses import path_uses, path_uses_of_division
from ops0.core.facts import Facts
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

TARGET = Target(python="3.11")
DEEP = 12
LADDER = "\n".join(
    [
        "def h0(path): return open(path)",
        *(
            f"def h{n}(path): return h{n - 1}(path), h{n - 1}(path), h{n - 1}(path)"
            for n in range(1, DEEP)
        ),
        f"def f(): return h{DEEP - 1}('d/x.csv')",
        f"def g(): return h{DEEP - 1}('d/y.csv')",
    ]
)
"""Three ways from each function to the next: half a million from the last one to the first."""


def of_ladder() -> dict[str, Facts]:
    source = MemorySource({"p.py": LADDER, "d/x.csv": "", "d/y.csv": ""})
    return dict(function_facts(source, "p.py", None, roots=(".",), target=TARGET))


def test_a_file_is_found_through_many_ways() -> None:
    assert [one.path for one in of_ladder()["f"].data] == ["d/x.csv"]


def test_each_function_has_its_own_files() -> None:
    assert [one.path for one in of_ladder()["g"].data] == ["d/y.csv"]


@pytest.mark.parametrize(
    ("also", "is_data"),
    [
        ("name.replace('.csv', '.json')", True),
        ("str(name).replace('a', 'b', 1)", True),
        ("frame.rename(columns={name: 'b'})", True),
        ("out.write(name)", True),
        ("os.replace(name, 'b.csv')", False),
        ("Path(name).replace('b.csv')", False),
        ("Path(name).rename(target='b.csv')", False),
        ("tree.write('a.csv')", False),
        ("tree.write(Path('.') / 'a.csv')", False),
        ("ElementTree(frame).write(name)", False),
    ],
)
def test_a_text_that_is_replaced_or_written_out_leaves_the_file_of_that_name_an_input(
    also: str, is_data: bool
) -> None:
    code = f"import os\nfrom pathlib import Path\ndef f(frame, out, tree):\n    name = 'a.csv'\n    {also}\n    return open(name)"
    source = MemorySource({"p.py": code, "a.csv": ""})
    found = function_facts(source, "p.py", "f", roots=(".",), target=TARGET)["f"]
    assert [one.path for one in found.data] == ["a.csv"] * is_data


def test_each_expression_is_followed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: Counter[tuple[int, ast.AST, object]] = Counter()
    asked: list[Spots] = []  # held, so that none gets the id of another
    step = Spots._step

    def counted(self: Spots, spot: Spot) -> list[Spot]:
        asked.append(self)
        looked[id(self), spot.node, spot.around[-1:]] += 1
        return step(self, spot)

    monkeypatch.setattr(Spots, "_step", counted)
    of_ladder()
    assert set(looked.values()) == {1}


def a_spot(name: str) -> Spot:
    module = Project(MemorySource({"p.py": ""}), (".",), TARGET).module("p.py")
    return Spot(module, ast.Name(name))


def asking(graph: dict[str, str]) -> tuple[Callable[[str], set[str]], Counter[str]]:
    """Names that lead to others; and how often each has been looked at."""
    spots = {name: a_spot(name) for name in graph}
    answers, looked = Answers(), Counter[str]()

    def ask(name: str) -> list[Spot]:
        known = answers.known(spots[name])
        return answers.find(spots[name], look) if known is None else known

    def look(spot: Spot) -> list[Spot]:
        assert isinstance(spot.node, ast.Name)
        looked[spot.node.id] += 1
        return [found for one in graph[spot.node.id] for found in ask(one)] or [spot]

    def names(name: str) -> set[str]:
        return {one.node.id for one in ask(name) if isinstance(one.node, ast.Name)}

    return names, looked


def test_what_is_known_is_not_looked_at_again() -> None:
    ask, looked = asking({"a": "bc", "b": "d", "c": "d", "d": ""})
    assert ask("a") == {"d"}
    assert ask("b") == {"d"}
    assert looked == {"a": 1, "b": 1, "c": 1, "d": 1}


def test_what_leads_back_is_asked_for_itself() -> None:
    ask, _ = asking({"a": "bx", "b": "ay", "x": "", "y": ""})
    assert ask("a") == {"a", "x", "y"}  # itself, for where it led back
    assert ask("b") == {"a", "x", "y"}


def test_what_leads_back_to_an_inner_question_is_found_again_outside_of_it() -> None:
    ask, _ = asking({"a": "bc", "b": "cx", "c": "by", "x": "", "y": ""})
    assert ask("a") >= {"x", "y"}
    assert ask("c") >= {"x", "y"}
    assert ask("b") >= {"x", "y"}


@pytest.mark.parametrize(
    ("source", "is_path"),
    [
        ("root / name", True),
        ("self.root / 'x.csv'", True),
        ("here() / name", True),
        ("'d' + 'e' / name", True),
        ("total / 2", False),
        ("total / len(rows)", False),
        ("2 * n / (n * (n - 1))", False),
        ("-x / y", False),
        ("np.sqrt(a) / b", False),
        ("a // b", False),
    ],
)
def test_a_division_of_numbers_names_no_file(source: str, is_path: bool) -> None:
    node = ast.parse(source, mode="eval").body
    divisions = [one for one in ast.walk(node) if isinstance(one, ast.BinOp)]
    assert any(path_uses_of_division(one) for one in divisions) is is_path


@pytest.mark.parametrize(
    ("source", "is_path"),
    [
        ("os.path.join(a, b)", True),
        ("'/'.join(parts)", True),
        ("folder.joinpath(x)", True),
        ("', '.join(names)", False),
        ("''.join(names)", False),
    ],
)
def test_texts_that_are_joined_without_a_slash_name_no_file(source: str, is_path: bool) -> None:
    node = ast.parse(source, mode="eval").body
    assert isinstance(node, ast.Call)
    assert bool(path_uses(node)) is is_path
