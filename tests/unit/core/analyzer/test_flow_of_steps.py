"""What steps are given by the graph of their pipeline, and by calls of the same file."""

from __future__ import annotations

import pytest

from ops0.core.analyzer import analyse
from ops0.core.facts import Facts
from ops0.core.locked import Target
from ops0.core.pipeline import Pipeline
from ops0.core.project_files import MemorySource
from ops0.core.requirements.declarations import StepDeclared
from ops0.core.requirements.values import Resolved

HEAD = "import pandas as pd, numpy as np, requests, boto3, json, joblib\n"


JOIN = """
from metaflow import FlowSpec, step
class Base(FlowSpec): pass
class Flow(Base):
    @step
    def start(self): self.next(self.one, self.two)
    @step
    def one(self):
        self.data, self.more = pd.read_csv('a'), 1
    @step
    def two(self):
        self.data = np.zeros(3)
    @step
    def join(self, inputs):
        BODY
    @step
    def end(self): print(self.best)
"""


@pytest.mark.parametrize(
    ("body", "end", "join"),
    [
        ("self.best = inputs.one.data", "pandas", "pandas"),
        ("self.best = inputs.two.data", "numpy", "numpy"),
        ("self.best = inputs[0].data", "numpy pandas", "numpy pandas"),
        ("self.best = [i.data for i in inputs]", "numpy pandas", "numpy pandas"),
        ("self.best = inputs.one.more", "", ""),
    ],
)
def test_a_step_that_joins_others_is_given_what_they_have(
    facts, body: str, end: str, join: str
) -> None:
    source = HEAD + JOIN.replace("BODY", body)
    for method, wanted in (("end", end), ("join", join)):
        types = facts(source, f"Flow.{method}").types
        assert {one.name.partition(".")[0] for one in types} == set(wanted.split()), method


def steps_of(source: str) -> tuple[Pipeline, dict[str, list[tuple[str, str]]]]:
    """The pipeline, and (type, subject) of what crosses into each step."""
    kept: dict[str, list[tuple[str, str]]] = {}

    def note(step: str, facts: Facts, _: StepDeclared) -> Resolved:
        kept[step] = [(one.name, one.subject) for one in facts.types]
        return Resolved()

    found = analyse(
        MemorySource({"p.py": f"import ops0\n{HEAD}{source}"}),
        "p.py",
        roots=(".",),
        target=Target(python="3.11"),
        resolve_needs=note,
    )
    return found, kept


@pytest.mark.parametrize(
    ("source", "types", "unsure"),
    [
        ("def load(): return pd.read_csv('a')", ["pandas.read_csv"], ()),
        ("def load() -> pd.DataFrame: ...", ["pandas.DataFrame"], ()),
        ("def load(): return {'a': 1}", [], ()),
        ("def load(): return joblib.load('a')", [], ("load",)),
        ("def load(): return unheard_of()", [], ("load",)),
        ("def load() -> dict: return joblib.load('a')", [], ()),
    ],
)
def test_a_step_is_told_by_the_graph_what_it_is_given(
    source: str, types: list[str], unsure: tuple[str, ...]
) -> None:
    found, kept = steps_of(f"@ops0.step\n{source}\n@ops0.step\ndef use(load): pass\nuse('other')")
    assert [name for name, _ in kept["use"]] == types
    assert found.steps[1].open_inputs == unsure


def test_a_part_of_a_result_is_told_apart() -> None:
    _, kept = steps_of(
        "@ops0.step\ndef load(): return pd.read_csv('a'), 1\n@ops0.step\ndef use(a, b): pass\n"
        "@ops0.pipeline\ndef main():\n  x, y = load()\n  use(x, y)"
    )
    assert kept["use"] == [("pandas.read_csv", "a")]


def test_an_item_that_is_mapped_over_may_be_any_of_a_result() -> None:
    """Which part of a tuple that is written out an item is, nobody knows; nor what is first in a list of results."""
    _, kept = steps_of(
        "@ops0.step\ndef load(): return np.zeros(3), pd.read_csv('a')\n"
        "@ops0.step\ndef first(x): return x[0], 1\n@ops0.step\ndef pick(rows): return rows[1]\n"
        "@ops0.pipeline\ndef main():\n  return pick(first.map(load()))"
    )
    both = {"numpy.zeros", "pandas.read_csv"}
    assert {name for name, _ in kept["first"]} >= both
    assert {name for name, _ in kept["pick"]} >= both


def test_a_class_of_the_file_crosses_with_its_code() -> None:
    found, _ = steps_of(
        "class Net:\n  def go(self): return np.zeros(1)\n@ops0.step\ndef train(): return Net()\n"
        "@ops0.step\ndef use(train): return train.go()"
    )
    (text,) = [one.text for one in found.steps[1].slices]
    assert "class Net" in text
    assert "np" in text


def test_requirements_and_plan_agree_on_a_step(facts) -> None:
    source = (
        "import ops0\n@ops0.step\ndef load_rows(): return pd.read_csv('a')\n"
        "@ops0.step\ndef f(rows): pass"
    )
    assert [(one.name, one.subject) for one in facts(HEAD + source).types] == [
        ("pandas.read_csv", "rows")
    ]
