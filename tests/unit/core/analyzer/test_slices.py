"""Slices: the same results and the same lines as the whole module, and nothing that is not needed."""

from __future__ import annotations

import ast
import traceback
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops0.core.analyzer import function_facts
from ops0.core.locked import Target
from ops0.core.source import MemorySource

# Each defines f() without arguments; json etc. only, so that they run here.
MODULES = {
    "helpers and constants": "import json, re\nA = {'x': 1}\nB = 2\ndef g(v):\n    return v + B\ndef other():\n    return re.compile('x')\ndef f():\n    return json.dumps(g(A['x']))\n",
    "one line": "import json; import re; A = 1; B = 2\ndef f(): return json.dumps(B)\n",
    "multi-line string and semicolon": 'T = """a\n  b\n"""; import json\nU = """no"""; V = 3\ndef f(): return json.dumps([T, V])\n',
    "parenthesised import": "from os.path import (\n    join,\n    basename as b,\n)\ndef f():\n    return b('x/y')\n",
    "continuation": "import json\nA = 1 + \\\n    2\nB = 9\ndef f(): return json.dumps(A)\n",
    "decorators": "import functools\nimport json\ndef d(g):\n    @functools.wraps(g)\n    def h(*a):\n        return [g(*a)]\n    return h\n@d\n@functools.lru_cache(\n    maxsize=None\n)\ndef f():\n    return 1\n@json.x\ndef no(): pass\n".replace("@json.x\n", ""),
    "class with state": "import collections\nclass C:\n    n = 2\n    def m(self): return collections.Counter('aab')['a'] * self.n\nclass D(C):\n    n = 5\nclass E: pass\ndef f(): return D().m()\n",
    "branches": "import sys, os\nif sys.version_info >= (3, 8):\n    A = 1\n    Z = 1\nelif os.name == 'x':\n    A = 2\nelse:\n    A = 3\n    Y = 1\ndef f(): return A\n",
    "unknown branches": "import os\nif os.environ.get('OPS0_NO_SUCH'):\n    A = 1\n    Z = 1\nelif os.environ.get('OPS0_NO_OTHER'):\n    Z = 4\nelse:\n    Y = 2\n    A = 3\ndef f(): return A\n",
    "branch with nothing kept": "import os\nif os.environ.get('OPS0_NO_SUCH'):\n    Z = 1\nelse:\n    A = 3\ndef f(): return A\n",
    "try": "try:\n    import no_such_module_x as x\nexcept ImportError:\n    import json as x\nA = 1\ndef f(): return x.dumps(1)\n",
    "registry": "R = {}\ndef reg(name):\n    def d(g):\n        R[name] = g\n        return g\n    return d\n@reg('a')\ndef a(): return 1\n@reg('b')\ndef b(): return 2\nunused = 3\ndef f(): return sorted((k, g()) for k, g in R.items())\n",
    "order of changes": "A = [1]\nA.append(2)\nB = list(A)\nA += [3]\nC = []\nC.append(9)\ndef f(): return A, B\n",
    "rebound": "def g(): return 1\nA = g()\ndef g(): return 2\ndef f(): return A, g()\n",
    "unicode before": "S = 'äöü'; import json; T = '€'\ndef f(): return json.dumps(T)\n",
    "with block": "import io\nwith io.StringIO('a b') as h:\n    WORDS = h.read().split()\n    OTHER = 1\ndef f(): return WORDS\n",
    "loop": "T = {}\nfor k in 'abc':\n    T[k] = ord(k)\nU = {}\nfor k in 'abc':\n    U[k] = 1\ndef f(): return T\n",
    "dataclass": "from __future__ import annotations\nfrom dataclasses import dataclass, field\nfrom typing import ClassVar\nimport json\n@dataclass\nclass P:\n    x: int = 1\n    y: ClassVar[int] = 2\n    z: list = field(default_factory=list)\ndef f(): return repr(P())\n",
    "subclasses": "class B:\n    known = []\n    def __init_subclass__(cls): B.known.append(cls.__name__)\nclass C(B): pass\nclass D: pass\ndef f(): return B.known\n",
    "tabs": "import json\nif True:\n\tA = 1\n\tB = 2\ndef f():\n\treturn json.dumps(B)\n",
    "global state": "N = 0\ndef bump():\n    global N\n    N += 1\nbump()\nbump()\ndef f(): return N\n",
    "carriage returns": "import json\r\nA = 1\r\nB = '''x\r\ny'''\r\ndef f():\r\n    return json.dumps(B)\r\n",
    "aliased method": "import random\nrandom.seed(3)\npick = random.random\ndef f(): return pick()\n",
    "set through setattr": "class C: pass\nsetattr(C, 'x', 4)\ndef f(): return C.x\n",
    "deleted item": "D = {'a': 1, 'b': 2}\ndel D['a']\ndef f(): return D\n",
}  # fmt: skip


def sliced(source: str, function: str = "f") -> str:
    """The slice of p.py for one function."""
    found = function_facts(
        MemorySource({"p.py": source}), "p.py", function, roots=(".",), target=Target(python="3.11")
    )
    return next(one.text for one in found[function].slices if one.path == "p.py")


def outcome(text: str) -> object:
    """What f() gives when a module's text is executed."""
    module = types.ModuleType("p")
    exec(compile(text, "p.py", "exec"), module.__dict__)
    return module.f()


@pytest.mark.parametrize("name", MODULES)
def test_a_slice_gives_what_the_whole_module_gives(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = MODULES[name]
    whole, part = types.ModuleType("p"), sliced(source)
    monkeypatch.setitem(__import__("sys").modules, "p", whole)  # dataclasses look their module up
    assert outcome(part) == outcome(source)


@pytest.mark.parametrize("name", MODULES)
def test_what_is_kept_stands_where_it_stood(name: str) -> None:
    whole = ast.parse(MODULES[name])
    lines = {
        (ast.unparse(node), node.lineno) for node in ast.walk(whole) if isinstance(node, ast.stmt)
    }
    for node in ast.parse(sliced(MODULES[name])).body:
        if not isinstance(node, (ast.Import, ast.ImportFrom, ast.If, ast.With)):
            assert (ast.unparse(node), node.lineno) in lines


def test_a_traceback_shows_the_original_lines() -> None:
    source = "import re\n\ndef other():\n    pass\n\ndef g(x):\n    return 1 / x\n\ndef unused():\n    pass\n\ndef f():\n    return g(0)\n"
    for text in (source, sliced(source)):
        with pytest.raises(ZeroDivisionError) as caught:
            outcome(text)
        frames = [
            one.lineno
            for one in traceback.extract_tb(caught.value.__traceback__)
            if one.filename == "p.py"
        ]
        assert frames == [13, 7]


DROPPED = [
    ("imports of others", "import a\nimport b\ndef f(): a.x()\n", "import a\n\ndef f(): a.x()\n"),
    ("names of an import", "from a import x, y as z, w\ndef f(): z(x)\n", "from a import x, y as z\ndef f(): z(x)\n"),
    ("modules of an import", "import a, b.c, d as e\ndef f(): e(b.c.x)\n", "import b.c, d as e\ndef f(): e(b.c.x)\n"),
    ("other steps", "import ops0\n@ops0.step\ndef g():\n    pass\n@ops0.step\ndef f(): pass\n", "import ops0\n\n\n\n@ops0.step\ndef f(): pass\n"),
    ("other steps of a block", "import ops0\nwith ops0.pipeline('x'):\n    @ops0.step\n    def g(): pass\n    @ops0.step\n    def f(): pass\n    print(ops0.run())\n", "import ops0\nwith ops0.pipeline('x'):\n\n\n    @ops0.step\n    def f(): pass\n"),
    ("what would run steps", "import ops0\n@ops0.step\ndef f(): pass\nf()\nr = ops0.run()\nprint(f())\nops0.run()\n", "import ops0\n@ops0.step\ndef f(): pass\n"),
    ("comments and docstring", '"""Doc."""\n# note\nA = 1  # kept\n# note\ndef f():\n    # inside\n    return A\n', "\n\nA = 1  # kept\n\ndef f():\n    # inside\n    return A\n"),
    ("the branch that is not taken", "import sys\nif sys.platform == 'win32':\n    A = 1\nelse:\n    A = 2\ndef f(): return A\n", "import sys\nif sys.platform == 'win32':\n    pass\nelse:\n    A = 2\ndef f(): return A\n"),
    ("type checking", "from __future__ import annotations\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\ndef f(x: a.T): pass\n", "from __future__ import annotations\n\n\n\ndef f(x: a.T): pass\n"),
    ("main guard", "def f(): pass\nif __name__ == '__main__':\n    f()\n", "def f(): pass\n"),
    ("no newline at the end", "import a\ndef f(): pass", "\ndef f(): pass\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in DROPPED], ids=[case[0] for case in DROPPED]
)
def test_what_a_slice_leaves_out(source: str, wanted: str) -> None:
    assert sliced(source) == wanted


def test_a_star_import_of_a_sibling_names_what_is_used(facts) -> None:
    files = {
        "h.py": "__all__ = ['g', '_h', 'i']\ndef g(): pass\ndef _h(): pass\ndef i(): pass\n",
        "p.py": "from h import *\ndef f(): g(); _h()\n",
    }
    found = {one.path: one.text for one in facts(files).slices}
    assert found == {
        "h.py": "\ndef g(): pass\ndef _h(): pass\n",
        "p.py": "from h import _h, g\ndef f(): g(); _h()\n",
    }


def test_a_module_kept_whole_says_why(facts) -> None:
    found = facts(
        "import a\nB = 1\ndef g(): pass\ndef f(x): return eval(x)\nif __name__ == '__main__':\n    g()\n"
    ).slices[0]
    assert found.whole == "p.py:4: eval() can reach any name of the module"
    assert found.text == "import a\nB = 1\ndef g(): pass\ndef f(x): return eval(x)\n"


def test_an_encoding_line_does_not_reach_the_slice() -> None:
    source = "# -*- coding: latin-1 -*-\nA = 'ä'\ndef f(): return A\n".encode("latin-1")
    found = function_facts(
        MemorySource({"p.py": source}), "p.py", "f", roots=(".",), target=Target(python="3.11")
    )
    assert outcome(found["f"].slices[0].text) == "ä"


NAMES = ["a", "b", "c", "d", "e"]
EXPRESSION = st.recursive(
    st.one_of(st.integers(0, 9).map(str), st.sampled_from(["len(str(x))", "sum([1, 2])", *[f"g_{name}()" for name in NAMES], *[f"V_{name}" for name in NAMES]])),
    lambda inner: st.tuples(inner, st.sampled_from(["+", "|", "-"]), inner).map(lambda it: f"({it[0]} {it[1]} {it[2]})"),
    max_leaves=4,
)  # fmt: skip
STATEMENT = st.one_of(
    st.tuples(st.sampled_from(NAMES), EXPRESSION).map(lambda it: f"V_{it[0]} = {it[1]}"),
    st.tuples(st.sampled_from(NAMES), EXPRESSION).map(lambda it: f"def g_{it[0]}(x=1):\n    return {it[1]}"),
    st.tuples(st.sampled_from(NAMES), EXPRESSION).map(lambda it: f"T['{it[0]}'] = {it[1]}"),
    st.tuples(st.sampled_from(NAMES), EXPRESSION).map(lambda it: f"if len(T) > 1:\n    V_{it[0]} = {it[1]}\nelse:\n    U = 3"),
    st.tuples(st.sampled_from(NAMES), EXPRESSION).map(lambda it: f"V_{it[0]} += {it[1]}"),
    st.sampled_from(NAMES).map(lambda name: f"for i in range(2):\n    T['{name}'] = i"),
    st.sampled_from(NAMES).map(lambda name: f"V_{name} = len(T); S.append(V_{name})"),
)  # fmt: skip
START = "T = {}\nS = []\nx = 7\n" + "".join(
    f"V_{name} = 1\ndef g_{name}(x=1):\n    return 2\n" for name in NAMES
)


@settings(max_examples=300, deadline=None)
@given(st.lists(STATEMENT, max_size=12), EXPRESSION, st.booleans())
def test_random_modules_give_the_same_sliced(
    statements: list[str], result: str, table: bool
) -> None:
    body = (
        f"def f():\n    return ({result}, dict(T), list(S))\n"
        if table
        else f"def f():\n    return {result}\n"
    )
    source = START + "".join(f"{one}\n" for one in statements) + body
    try:
        wanted = outcome(source)
    except (RecursionError, OverflowError):
        return
    assert outcome(sliced(source)) == wanted


@settings(max_examples=100, deadline=None)
@given(st.lists(STATEMENT, max_size=6), EXPRESSION, EXPRESSION)
def test_an_edit_out_of_reach_leaves_the_slice_as_it_is(
    statements: list[str], result: str, edit: str
) -> None:
    head = START + "".join(f"{one}\n" for one in statements)
    sources = [
        f"{head}def unreached():\n    return {one}\ndef f():\n    return {result}\n"
        for one in ("0", edit)
    ]
    before, after = (ast.dump(ast.parse(sliced(source))) for source in sources)
    assert before == after
