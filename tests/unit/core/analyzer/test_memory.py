"""What is found once for all steps is what each of them would find alone."""

from __future__ import annotations

import ast
import dataclasses
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from ops0.core.analyzer import function_facts
from ops0.core.analyzer.project import module, shelf
from ops0.core.analyzer.reach.direct import Direct
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax import parse
from ops0.core.analyzer.syntax.extract import extract
from ops0.core.analyzer.syntax.walking import Visitor, children, walk
from ops0.core.facts import Facts
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

TARGET = Target(python="3.11")


TANGLED = {
    "p.py": """\
import os
import numpy as np
import lib, lib.deep as deep
from lib import *
from lib.registry import register, TABLE
from lib.plugins import unread

np.random.seed(3)
os.environ["X"] = "1"
TABLE["p"] = np.zeros

if os.environ.get("FAST"):
    from lib.fast import go
else:
    from lib.slow import go

@register("own")
class Own:
    field = deep.LIMIT
    def run(self):
        return self.help() + self.other
    def help(self):
        self.other = np.ones(3)
        return go(self)

def alone(rows):
    return rows.to_parquet("x.parquet")

def both(rows):
    def inner():
        return Own().run(), lib.shared(rows)
    return inner

def table():
    return TABLE

def star():
    return starred()

def whole():
    return eval("lib.shared") and globals()
""",
    "lib/__init__.py": "from lib.shared import shared\n\ndef starred():\n    import yaml\n    return yaml\n",
    "lib/shared.py": "import pandas as pd\n\ndef shared(x):\n    return other(x)\n\ndef other(x):\n    return shared(pd.concat(x))\n",
    "lib/deep.py": "import scipy\nLIMIT = scipy.pi\n",
    "lib/registry.py": "TABLE = {}\n\ndef register(name):\n    def keep(x):\n        TABLE[name] = x\n        return x\n    return keep\n",
    "lib/plugins.py": "import torch\nfrom lib.registry import TABLE\nTABLE['torch'] = torch.tensor\nunread = 1\n",
    "lib/fast.py": "import cython\n\ndef go(x):\n    return cython\n",
    "lib/slow.py": "import warnings\nwarnings.simplefilter('ignore')\n\ndef go(x):\n    return x\n",
}


def test_all_functions_together_have_the_facts_that_each_has_alone() -> None:
    def facts(function: str | None) -> Mapping[str, Facts]:
        source = MemorySource(TANGLED)
        return function_facts(source, "p.py", function, roots=(".",), target=TARGET)

    together = facts(None)
    assert len(together) == 8
    assert together == {name: facts(name)[name] for name in together}


def test_a_text_is_taken_by_code_of_another_module_only_where_that_is_reached() -> None:
    """The texts of a module are found once, but who takes them depends on what else a function reaches."""
    files = {
        "p.py": "import pandas\nimport places\n\ndef reads():\n    return pandas.read_csv(places.HOME)\n\n"
        "def tells():\n    return places.HOME\n",
        "places.py": "HOME = 's3://x'\n",
    }
    for function in (None, "reads", "tells"):
        found = function_facts(MemorySource(files), "p.py", function, roots=(".",), target=TARGET)
        given = {name: [text.given for text in one.texts] for name, one in found.items()}
        expected = {"reads": ["pandas.read_csv"], "tells": [""]}
        assert given == {name: expected[name] for name in found}


def test_no_slices_are_made_where_nobody_reads_them() -> None:
    def facts(*, sliced: bool) -> Mapping[str, Facts]:
        source = MemorySource(TANGLED)
        return function_facts(source, "p.py", None, roots=(".",), target=TARGET, sliced=sliced)

    whole, bare = facts(sliced=True), facts(sliced=False)
    assert all(one.slices for one in whole.values())
    assert bare == {name: dataclasses.replace(one, slices=()) for name, one in whole.items()}


def test_a_name_with_many_bindings_is_followed_as_for_each_function_alone() -> None:
    """What a statement sees of many bindings is left to each step: noted for each statement it would be quadratic."""
    lines = [f"if a.FLAG:\n    from lib{at} import x\ny{at} = x\n" for at in range(30)]
    names = "".join(f"def f{at}():\n    return y{at}\n" for at in range(30))
    files = {f"lib{at}.py": "x = 1\n" for at in range(30)}
    files |= {"a.py": "FLAG = input()\n", "p.py": f"import a\n{''.join(lines)}{names}"}
    together = function_facts(MemorySource(files), "p.py", None, roots=(".",), target=TARGET)
    for at in (0, 11, 29):
        source = MemorySource(files)
        alone = function_facts(source, "p.py", f"f{at}", roots=(".",), target=TARGET)
        assert together[f"f{at}"] == alone[f"f{at}"]
        assert {f"lib{one}.py" for one in range(at + 1)} <= {
            one.path for one in alone[f"f{at}"].slices
        }


def test_each_file_is_parsed_once_and_each_unit_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed: Counter[str] = Counter()
    looked: Counter[int] = Counter()

    def count_parse(path: str, data: bytes, *more: object) -> parse.Parsed:
        parsed[path] += 1
        return parse.parse(path, data, *more)

    def count_extract(nodes: list[ast.AST], *more: object) -> object:
        looked.update(id(node) for node in nodes)
        return extract(nodes, *more)

    monkeypatch.setattr(shelf, "parse", count_parse)
    monkeypatch.setattr(module, "extract", count_extract)
    function_facts(MemorySource(TANGLED), "p.py", None, roots=(".",), target=TARGET)
    assert len(parsed) == len(TANGLED)
    assert set(parsed.values()) == set(looked.values()) == {1}


def test_names_are_followed_once_however_many_steps_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: Counter[int] = Counter()
    real = Reach.lookup

    def count(reach: Reach, *given: object) -> None:
        asked["lookup"] += 1
        real(reach, *given)

    def helpers(steps: int) -> dict[str, str]:
        each = "\n".join(f"@ops0.step\ndef s{at}(x):\n    return a(x)\n" for at in range(steps))
        chain = "\n".join(f"def h{at}(x):\n    return h{at + 1}(x)\n" for at in range(50))
        return {
            "p.py": f"import ops0\nfrom lib import a\n{each}",
            "lib.py": f"def a(x):\n    return h0(x)\n{chain}",
        }

    monkeypatch.setattr(Reach, "lookup", count)
    counts = []
    for steps in (1, 21):
        asked.clear()
        function_facts(MemorySource(helpers(steps)), "p.py", None, roots=(".",), target=TARGET)
        counts.append(asked["lookup"])
    assert counts[1] - counts[0] <= 20 * 4  # what the new steps themselves name


def test_every_field_of_a_reach_is_carried_over() -> None:
    """A field that add_direct does not know would be lost for all but the first step."""
    # Following the names of one unit fills none of these.
    own = {
        "project",
        "codes",
        "extras",
        "faults",
        "files",
        "given",
        "gives_anything",
        "handing",
        "idle",
        "scripts",
        "sets",
        "starts",
        "all_sets",
        "all_wanted",
        "grown",
        "told",
        "_modules",
        "_seen",
        "_followed",
        "_rules",
    }
    carried = {"queue": "waiting", "missing": "lost"}
    fields = {carried.get(one.name, one.name) for one in dataclasses.fields(Direct)}
    assert fields == {one.name for one in dataclasses.fields(Reach)} - own


class Names(Visitor):
    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []

    def visit_Name(self, node: ast.Name) -> None:
        self.seen.append((node.id, node.lineno))

    def visit_Constant(self, node: ast.Constant) -> None:
        self.seen.append((repr(node.value), node.lineno))


class Slow(ast.NodeVisitor):
    __init__ = Names.__init__
    visit_Name = Names.visit_Name
    visit_Constant = Names.visit_Constant


@pytest.mark.parametrize("module", [ast, dataclasses])
def test_the_visitor_goes_where_that_of_ast_goes(module: object) -> None:
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))  # type: ignore[attr-defined]
    fast, slow = Names(), Slow()
    fast.visit(tree)
    slow.visit(tree)
    assert fast.seen == slow.seen


OPERATORS = (ast.boolop, ast.cmpop, ast.expr_context, ast.operator, ast.unaryop)


@pytest.mark.parametrize("module", [ast, dataclasses])
def test_a_walk_goes_where_that_of_ast_goes_but_for_operators(module: object) -> None:
    tree = ast.parse(
        Path(module.__file__).read_text("utf-8")  # type: ignore[attr-defined]
        + "match x:\n case C(a=1): print()\n case {1: 2, **rest}: print()\n case [*z]: f(*l, **k)\nasync def g(*, a, b=1): {**m}\n"
    )
    assert walk(tree) == [one for one in ast.walk(tree) if not isinstance(one, OPERATORS)]
    for node in walk(tree):
        inner = ast.iter_child_nodes(node)
        assert children(node) == [one for one in inner if not isinstance(one, OPERATORS)]
