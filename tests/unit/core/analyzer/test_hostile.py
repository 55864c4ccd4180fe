"""Whatever stands in a file: an answer or one of our errors, nothing else, and soon."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from effort import cases
from hypothesis import given
from hypothesis import strategies as st

from ops0.core import graph
from ops0.core.analyzer import analyse, function_facts
from ops0.core.analyzer.syntax import extract
from ops0.core.errors import Ops0Error
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource
from ops0.core.requirements.values import Resolved

TARGET = Target(python="3.11")
REAL = [Path(one.__file__).read_text("utf-8") for one in (graph, extract)]
PIECES = [
    "import ops0", "import a.b as c", "from . import x", "from .. import y", "from h import *", "from a import (b, c as d)",
    "@ops0.step", "@ops0.pipeline", "@ops0.step(name='x')", "@ops0.requires(*a)", "def f(x, y=1):", "class C(f):", "async def g():",
    "    return f(f, *f)", "    x = y = f()", "    a, *b = f()", "    global a", "    yield f", "with ops0.pipeline('p'):",
    "    from h import q", "try:", "except ImportError:", "else:", "if TYPE_CHECKING:", "if sys.version_info >= (3,):", "elif x:", "    pass",
    "x = 1; y = 2", "x += f()", "del x", "x: int = f", "for x in f: pass", "lambda x: x", "match x:", "  case [a]: pass", "'''", "\t", "\\",
    "f'{x}'", "(yield)", "ops0.run()", "exec(x)", "importlib.import_module(x)", "open('h.py')", "Path(__file__).parents[3] / 'x'", "#", "x = x",
]  # fmt: skip


def look(text: str | bytes) -> None:
    """Analyse a file in both ways; ops0's own errors are an answer."""
    source = MemorySource({"p.py": text, "h.py": "import p\nfrom p import *\nq = p"})
    _answered(
        lambda: analyse(
            source, "p.py", roots=(".",), target=TARGET, resolve_needs=lambda *_: Resolved()
        )
    )
    _answered(lambda: function_facts(source, "p.py", None, roots=(".",), target=TARGET))


def _answered(ask: Callable[[], object]) -> None:
    told = ""
    try:
        ask()
    except Ops0Error as fault:
        told = str(fault)
    assert told.startswith(("p.py", "h.py", "steps wait")) or not told


@cases(300, 100_000)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_scrambled_lines(lines: list[str]) -> None:
    look("\n".join(lines))


@cases(300, 100_000)
@given(
    st.lists(
        st.sampled_from(
            [one for one in PIECES if not one.startswith(" ") and not one.endswith(":")]
        ),
        max_size=12,
    )
)
def test_scrambled_statements(lines: list[str]) -> None:
    look(
        "\n".join(
            [
                "import ops0, sys, a",
                *lines,
                "@ops0.step",
                "def s(): return f",
                "@ops0.pipeline",
                "def t(): return s()",
            ]
        )
    )


@cases(200, 100_000)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_any_bytes(data: bytes | str) -> None:
    look(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))


@cases(60, 20_000)
@given(st.integers(0, 2**32), st.sampled_from(REAL))
def test_mangled_files(seed: int, text: str) -> None:
    dice = random.Random(seed)
    lines = text.split("\n")
    for _ in range(dice.randrange(1, 6)):
        at, to = dice.randrange(len(lines)), dice.randrange(len(lines))
        match dice.randrange(4):
            case 0:
                del lines[at]
            case 1:
                lines[at], lines[to] = lines[to], lines[at]
            case 2:
                lines[at] = lines[at].replace(
                    dice.choice("()[]:,='\". "), dice.choice("()[]:,='\". ")
                )
            case _:
                lines.insert(at, lines[to])
    look("\n".join(lines))


@pytest.mark.parametrize("form", ["[{0}, {0}]", "{0} + {0}", "{0} / {0}", "({0}, {0}, {0}, {0})"])
def test_constants_that_double_again_and_again_stay_small(form: str) -> None:
    doubling = "".join(f"A{number} = {form.format(f'A{number - 1}')}\n" for number in range(1, 60))
    look(
        f"import ops0\nA0 = 'x'\n{doubling}@ops0.step(name=A59)\ndef s(x=1): return open(A59)\n"
        "@ops0.pipeline\ndef t(): return s(A59)"
    )


def test_circles_of_star_imports_end() -> None:
    # Found by hypothesis: each import was followed again on each way around.
    look("from h import *\n" * 12 + "def f(): return unknown + other\n")


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 150 + ")" * 150,
        "x = " + "[" * 90 + "]" * 90,
        "x = " + "-" * 900 + "1",
        "x = a" + ".b" * 900,
        "x = a" + ".b()" * 900,
        "x = a" + ".b()" * 30_000,
        "\n".join("  " * depth + "if x:" for depth in range(95)) + "\n" + "  " * 95 + "pass",
        "if a: pass\n" + "elif b: pass\n" * 3_000,
        "def f(): return " + " + ".join(["x"] * 700),
        "a = b\nb = c\nc = a\ndef f(): return a",
        "from p import x\ndef f(): return x",
        "import p\np = p.p\ndef f(): return p.p.p",
        "A = A / 'x'\ndef f(): open(A)",
        "x = 1\n" * 20_000,
        "x = " + "9" * 5_000,
        "x: '" + "[" * 3_000 + "'\ndef f(y: '" + "(" * 3_000 + "'): pass",
    ],
    ids=range(16),
)
def test_deep_wide_and_circular(text: str) -> None:
    look(text)


def test_values_made_of_values_do_not_grow_into_the_test_that_names_them(facts) -> None:
    lines = ["n0 = __debug__", *(f"n{at + 1} = {' or '.join([f'n{at}'] * 60)}" for at in range(12))]
    source = "\n".join([*lines, "def f():\n  if n11: import a"])
    assert [one.module for one in facts(source).imports] == ["a"]


NEW_SYNTAX = [
    "type A[T] = list[T]\ndef f[T: int](x: T) -> A[T]: return x",
    "class C[T, *Ts, **P]: pass\ndef f(): return C",
    "try:\n  pass\nexcept A, B:\n  pass\ndef f(): pass",
    "def f():\n  try:\n    return 1\n  except* ValueError as e:\n    raise",
    "def f(x): return f'{f\"{x!r:>{10}}\"}'",
    "def f(x): return t'{x}'",
    "match x:\n  case {'a': [1, *_], **r} if r: pass\ndef f(): return r",
    "def f(x, /, *, y=lambda *a, **k: (yield)): return (z := x)",
    "with (open('a') as a, open('b') as b): pass\ndef f(): return a, b",
    "@(lambda g: g)\n@\\\n  (\n  x\n)\ndef f(): pass",
    "async def f():\n  async with a as b:\n    return [c async for c in b]",
]


@pytest.mark.parametrize("text", NEW_SYNTAX)
def test_syntax_of_newer_pythons(text: str) -> None:
    look(text)


ENCODED = [
    "# coding: latin-1\nA = '\xe4'\ndef f(): return A\n".encode("latin-1"),
    "# coding: ascii\nA = '\xe4'\ndef f(): return A\n".encode(),
    b"# coding: no-such-codec\nA = 1\n",
    b"# coding: rot13\nA = 1\n",
    b"# coding: utf-16\nA = 1\n",
    "A = 1\n".encode("utf-16"),
    "A = 1\n".encode("utf-32"),
    b"\xef\xbb\xbfA = 1\r\ndef f():\r    return A\n",
    b"\xef\xbb\xbf# coding: latin-1\nA = 1\n",
    b"A = 1\x00\n",
    b"\x0cA = 1\n\x0c\x0bdef f(): return A\n",
    b"A = 1\x1a\n",
    "\ud800 = 1\n".encode("utf-8", "surrogatepass"),
    b"A = '\\ud800'\ndef f(): return A\n",
    "\u00b5 = 1\n\u03bc = 2\ndef f(): return \u00b5\n".encode(),
    b"A = 1;;B = 2\nif A:\n\tB = 1\n        C = 2\n",
    b"A = \\\r\n 1; B = 2; import a; A += B\rdef f(): return A",
]


@pytest.mark.parametrize("data", ENCODED, ids=range(len(ENCODED)))
def test_odd_encodings_and_line_ends(data: bytes) -> None:
    look(data)


@cases(150, 50_000)
@given(st.integers(0, 2**32))
def test_modules_in_any_circle(seed: int) -> None:
    """Imports, stars, re-exports and aliases among a few modules, at random."""
    dice = random.Random(seed)
    names = ["p", "h", "k", "k.m", "k.n"]
    paths = ["p.py", "h.py", "k/__init__.py", "k/m.py", "k/n.py"]
    forms = [
        "import {0}", "import {0} as {1}", "from {0} import *", "from {0} import {1}", "from . import {1}", "from .m import {1}",
        "from .. import {1}", "{1} = {2}", "{1} = {2}.{1}", "{2}.{1} = {1}", "__all__ = ['{1}', '{2}']", "__all__ += {0}.__all__",
        "def {1}(): return {2}()", "class {1}({2}): {1} = {2}", "{1}({2})", "@{2}\ndef {1}(x={1}): return x", "def __getattr__({1}): return {2}",
    ]  # fmt: skip
    files = {
        path: "\n".join(
            dice.choice(forms).format(dice.choice(names), dice.choice("pxyf"), dice.choice("khxyf"))
            for _ in range(dice.randrange(8))
        )
        for path in paths
    }
    files["p.py"] += "\ndef f(): return x, y, k.m.x\n"
    with suppress(Ops0Error):
        function_facts(MemorySource(files), "p.py", None, roots=(".", "k"), target=TARGET)


GROWING = {
    "one name, read each time": lambda size: "x = 1\n" + "x = x + 1\n" * size,
    "added in place": lambda size: "x = []\n" + "x += [1]\n" * size,
    "branches": lambda size: "x = 1\n" + "if x > 1:\n    x = 2\n" * size,
    "aliases, all changed": lambda size: "x = a0 = []\n" + "".join(f"a{n + 1} = a{n}\na{n}.append(1)\n" for n in range(size)),
    "settings of a library": lambda size: "import lib\nx = lib.y\n" + "".join(f"q{n} = {n}\nlib.set(q{n})\n" for n in range(size)),
    "a chain of calls": lambda size: "x = []\ndef g0(): x.append(1)\n" + "".join(f"l{n} = []\ndef g{n + 1}(): l{n}.append(1); g{n}()\n" for n in range(size // 10)) + f"g{size // 10}()\n",
    "calls in circles": lambda size: "x = []\n" + "".join(f"def g{n}(a): a.append(1); g{(7 * n + 1) % size}(a)\n" for n in range(size)) + "g0(x)\n",
    "methods of one name": lambda size: "x = []\n" + "".join(f"class C{n}:\n  def m(self): x.append(1)\nC{n}().m()\n" for n in range(size // 5)),
    "chained methods": lambda size: "x = []\nclass C:\n  def m(self): return self\n" + "y = C()" + ".m()" * (size // 40) + "\n",
    "decorators": lambda size: "x = []\ndef w(g): x.append(g); return g\n" + "".join(f"@w\ndef g{n}(): pass\n" for n in range(size)),
    "a large table": lambda size: "x = {" + ",".join(f"{n}: [y{n}]" for n in range(size)) + "}\n",
}  # fmt: skip


def test_what_is_too_deep_to_follow_is_kept() -> None:
    text = "x = []\nclass C:\n  def m(self): x.append(1); return self\ny = C()" + ".m()" * 70
    found = function_facts(
        MemorySource({"p.py": f"{text}\ndef f(): return x\n"}),
        "p.py",
        "f",
        roots=(".",),
        target=TARGET,
    )
    assert ".m().m()" in found["f"].slices[0].text


@pytest.mark.parametrize("name", GROWING)
def test_time_grows_with_size(name: str) -> None:
    """Ten times as much takes not much more than ten times as long. Counted in calls, for clocks are noisy."""

    def calls(size: int) -> int:
        count = 0

        def note(*_: object) -> None:
            nonlocal count
            count += 1

        text = GROWING[name](size) + "def f(): return x\n"
        before = sys.getprofile()
        sys.setprofile(note)
        try:
            function_facts(MemorySource({"p.py": text}), "p.py", "f", roots=(".",), target=TARGET)
        finally:
            sys.setprofile(before)
        return count

    assert calls(1000) < 20 * calls(100)


def test_texts_that_grow_in_loops_are_not_all_spelt(facts) -> None:
    """A command put together part by part, where each part may be any of the others'."""
    lines = [f"    if x: cmd = 'a{at} ' + cmd + quote(items[{at}]) + rest" for at in range(30)]
    lines += [f"    items.append(['', cmd, rest, '{at}'])" for at in range(30)]
    source = "\n".join(
        ["import os", "def make(items, x):", "  cmd = rest = ''", "  for cmd, rest in items:", *lines,
         "    for rest in items[1:]: cmd = cmd + rest[1]", "  return cmd",
         "def f(items): os.system(make(items, 1)); os.popen(make([items, make(items, 2)], 3))"]
    )  # fmt: skip
    assert len(facts(source).warnings) == 2
