"""Values that lead to each other in circles: what can be known of them is found, and the search ends."""

from __future__ import annotations

import pytest
from effort import cases
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.analyzer import function_facts
from ops0.core.analyzer.errors import SourceTooDeep
from ops0.core.facts import Facts
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

names = st.sampled_from(["a", "b", "c", "d", "g(a)", "g(b)", "self.x", "self.y", "self.make(c)"])
values = st.one_of(
    st.just("['alpha', 'beta']"),
    st.just("{'alpha': ['beta']}"),
    st.just("'alpha'"),
    names,
    st.builds("list({0})".format, names),
    st.builds("sorted({0})".format, names),
    st.builds("[*{0}, *{1}]".format, names, names),
    st.builds("{0} + {1}".format, names, names),
    st.builds("{0}.items()".format, names),
    st.builds("list({0}.values())".format, names),
    st.builds("enumerate({0})".format, names),
    st.builds("[x for x in {0}]".format, names),
    st.builds("{{k: v for k, v in {0}.items()}}".format, names),
    st.builds("'.'.join({0})".format, names),
    st.builds("f'{{{0}}}.{{{1}}}'".format, names, names),
    st.builds("{0}[0]".format, names),
    st.builds("{0}.get('alpha', {1})".format, names, names),
    st.builds("{0}.split()".format, names),
    st.builds("{0} if n else {1}".format, names, names),
    st.builds("os.path.join({0}, {1})".format, names, names),
    st.builds("os.path.join(*{0})".format, names),
    st.builds("{0} / {1}".format, names, names),
    st.builds("Box({0}).x".format, names),
)
targets = st.sampled_from(["a", "b", "c", "d", "a, b", "c, (d, a)", "self.x", "self.y", "[b, *c]"])
statements = st.one_of(
    st.builds("{0} = {1}".format, targets, values),
    st.builds("for {0} in {1}: pass".format, targets, values),
    st.builds("{0} += {1}".format, st.sampled_from(["a", "b", "self.x"]), values),
    st.builds("{0}.append({1})".format, names, values),
)
uses = st.sampled_from(
    ["importlib.import_module({0})", "open({0})", "subprocess.run({0})", "sys.path.append({0})",
     "for u in {0}: importlib.import_module(u)", "subprocess.run([*{0}])", "pd.read_csv(os.path.join('x', {0}))"]
)  # fmt: skip
HEAD = """
import importlib, os, subprocess, sys
import pandas as pd
class Box:
    def __init__(self, x):
        self.x = x
        self.y = [x]
"""


def facts_of(text: str) -> Facts:
    """The facts of ``Box.f``."""
    source = MemorySource({"p.py": text})
    return function_facts(source, "p.py", "Box.f", roots=(".",), target=Target(python="3.11"))[
        "Box.f"
    ]


@cases(100, 50_000)
@given(
    st.lists(statements, min_size=2, max_size=8),
    st.lists(values, min_size=2, max_size=2),
    st.lists(st.builds(lambda use, name: use.format(name), uses, names), min_size=1, max_size=3),
)
def test_values_in_circles(body: list[str], given_back: list[str], used: list[str]) -> None:
    lines = "".join(f"        {one}\n" for one in (*body, *used))
    text = (
        f"{HEAD}    def make(self, n):\n        c = d = n\n        return {given_back[0]}\n"
        f"    def f(self, a, b, c, d, n):\n{lines}"
        f"def g(n):\n    a = b = c = d = n\n    return {given_back[1].replace('self', 'Box(n)')}\n"
        "Box(['gamma']).f(['alpha'], g, Box.make, {'k': g}, 1)\n"
    )
    assert not [one for one in facts_of(text).faults if isinstance(one, SourceTooDeep)]


@pytest.mark.parametrize(
    "lines",
    [
        ["a = ['alpha']", "for _ in range(n):", "    b = list(a)", "    a = list(b)"],
        ["a = ['alpha']", "for _ in range(n):", "    b = [*a]", "    a = [*b, *b]"],
        ["b = a = ['alpha']", "for _ in range(n):", "    a, b = sorted(b), a + b"],
        ["a = ['alpha']", *("a = list(a)" for _ in range(3)), "a = sorted(a)"],
    ],
)
def test_what_a_circle_holds_is_found(lines: list[str], facts) -> None:
    # Found in a library: the items of one list were those of the other, and so on without an end.
    body = "".join(f"    {one}\n" for one in lines)
    source = f"import importlib\ndef f(n):\n{body}    for one in a: importlib.import_module(one)\n"
    assert [one.module for one in facts(source).imports] == ["alpha"]


def test_a_long_chain_of_lists_ends(facts) -> None:
    chain = "".join(f"    a{at} = list(a{at - 1})\n" for at in range(1, 600))
    found = facts(
        f"import importlib\ndef f():\n    a0 = ['alpha']\n{chain}    for one in a599: importlib.import_module(one)\n"
    )
    assert not found.faults
    assert ["only known when it runs" in one.text for one in found.warnings] == [True]
