"""Whatever stands in a file: an answer or one of our errors, nothing else, and soon."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops0.core import graph
from ops0.core.analyzer import analyse, extract, function_facts
from ops0.core.errors import Ops0Error
from ops0.core.locked import Target
from ops0.core.requirements.values import Resolved
from ops0.core.source import MemorySource

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


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_scrambled_lines(lines: list[str]) -> None:
    look("\n".join(lines))


@settings(max_examples=300, deadline=None)
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


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_any_bytes(data: bytes | str) -> None:
    look(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
