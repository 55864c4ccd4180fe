"""What is found once for several steps, or goes on from what was found before, is what each finds alone and anew."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops0.core.analyzer import function_facts
from ops0.core.analyzer.reach.finishing import Finishing
from ops0.core.facts import Facts
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

MODULES = ("m0", "m1", "m2")
FUNCTIONS = 4
TARGET = Target(python="3.11")

names = st.sampled_from(
    ["'json'", "'yaml'", "'m1'", "'m2'", "'data/x.csv'", "name", "tool", "name + '.y'"]
)
modules = st.sampled_from(MODULES)
functions = st.integers(0, FUNCTIONS - 1)
calls = st.builds("{0}.f{1}({2}, {3})".format, modules, functions, names, names)
statements = st.one_of(
    calls,
    st.builds("importlib.import_module({0})".format, names),
    st.builds("subprocess.run([{0}, '--to', {1}])".format, names, names),
    st.builds("open('data/' + {0})".format, names),
    st.builds("open({0} + '/' + {1}, 'w')".format, names, names),
    st.builds("{0}.TABLE[{1}]".format, modules, names),
    st.builds("{0}.Thing({1}).run()".format, modules, names),
    st.just("requests.get(tool)"),
)
bodies = st.lists(statements, min_size=1, max_size=3)
tops = st.one_of(
    st.builds("{0}.TABLE['a'] = f{1}".format, modules, functions),
    st.builds("{0}.noted.append(f{1})".format, modules, functions),
    st.builds("np.random.seed({0})".format, functions),
    st.just("noted = []"),
)


def module(at: int, top: list[str], inside: list[list[str]], method: list[str]) -> str:
    """Code of functions, a class, and statements that change what others have."""
    head = "import importlib, subprocess\nimport requests\nimport numpy as np\n"
    head += "".join(f"import {one}\n" for one in MODULES) + "TABLE = {}\nnoted = []\n"
    made = "".join(
        f"def f{number}(name, tool='tool'):\n" + "".join(f"    {one}\n" for one in body)
        for number, body in enumerate(inside)
    )
    own = "".join(f"        {one.replace('name', 'self.name')}\n" for one in method)
    made += (
        "class Thing:\n    def __init__(self, name):\n        self.name = name\n"
        f"    def run(self, tool='{at}'):\n{own}"
    )
    return head + made + "".join(f"{one}\n" for one in top)


@st.composite
def projects(draw: st.DrawFn) -> Mapping[str, str]:
    """Modules that lead to each other by names and texts, and a file of functions that use them."""
    files = {
        f"{name}.py": module(
            at,
            draw(st.lists(tops, max_size=2)),
            [draw(bodies) for _ in range(FUNCTIONS)],
            draw(bodies),
        )
        for at, name in enumerate(MODULES)
    }
    uses = "".join(
        f"def g{number}(name, tool):\n" + "".join(f"    {one}\n" for one in draw(bodies))
        for number in range(3)
    )
    head = "import importlib, subprocess\nimport requests\n"
    files["p.py"] = head + "".join(f"import {one}\n" for one in MODULES) + uses
    return {**files, "data/x.csv": "1", "data/json": "{}"}


def facts(files: Mapping[str, str], function: str | None = None) -> Mapping[str, Facts]:
    """Those of the functions of the file, or of one."""
    return function_facts(MemorySource(files), "p.py", function, roots=(".",), target=TARGET)


def comparable(found: Facts) -> object:
    """Facts with faults as texts, for each fault is an object of its own."""
    return [getattr(found, one) for one in Facts.__slots__ if one != "faults"], [
        str(one) for one in found.faults
    ]


@settings(max_examples=60, deadline=None)
@given(projects())
def test_functions_of_a_file_find_together_what_each_finds_alone(files: Mapping[str, str]) -> None:
    for name, together in facts(files).items():
        assert comparable(together) == comparable(facts(files, name)[name])


@settings(max_examples=60, deadline=None)
@given(projects())
def test_following_on_finds_what_following_anew_finds(files: Mapping[str, str]) -> None:
    """A reach that texts have added to goes on from where it was."""
    resumed = facts(files)
    finish = Finishing.finish

    def anew(finishing: Finishing) -> None:
        finish(Finishing(finishing.reach))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Finishing, "finish", anew)
        again = facts(files)
    assert {name: comparable(one) for name, one in again.items()} == {
        name: comparable(one) for name, one in resumed.items()
    }
