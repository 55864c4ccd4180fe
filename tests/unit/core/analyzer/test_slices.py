"""Slices: the same results and the same lines as the whole module, and nothing that is not needed."""

from __future__ import annotations

import ast
import traceback
import types

import pytest
from effort import cases
from hypothesis import given
from hypothesis import strategies as st
from slicing.outcome import outcome as project_outcome

from ops0.core.analyzer import function_facts
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

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
    "changed by another name": "A = [1]\nB = A\nB.append(2)\ndef f(): return A\n",
    "changed through what holds it": "A = [1]\nT = {'a': A}\nT['a'].append(2)\ndef f(): return A\n",
    "changed in a loop over what holds it": "A = [1]\nB = [2]\nfor one in (A, B):\n    one.append(3)\ndef f(): return A\n",
    "changed as an argument": "A = [1]\ndef add(rows):\n    rows.append(2)\n    return len(rows)\nadd(A)\ndef f(): return A\n",
    "changed by a call whose result is taken": "A = [1]\ndef add(rows):\n    rows.append(2)\n    return len(rows)\nn = add(A)\ndef f(): return A\n",
    "changed by an aliased method": "A = [1]\nadd = A.append\nadd(2)\nlist(map(A.append, [3]))\ndef f(): return A\n",
    "class attribute set": "class C:\n    n = 1\nD = C\nD.n = 2\nC.k = 3\ndef f(): return C.n, C.k\n",
    "class attribute set by an instance": "class C:\n    seen = []\n    def m(self):\n        self.seen.append(1)\no = C()\no.m()\nlast = o.m()\ndef f(): return len(o.seen)\n",
    "class method called on an instance": "class C:\n    n = 1\n    @classmethod\n    def m(cls):\n        cls.n = 2\n        return 3\nC().m()\nunused = C().m()\ndef f(): return C.n\n",
    "names in a circle": "import functools\nA = []\ndef g():\n    A.append(1)\n    return 1\nh = functools.partial(g)\nif len(A) > 3:\n    g = functools.partial(h)\nunused = h()\ndef f(): return A\n",
    "counted by a closure": "def counter():\n    n = 0\n    def count():\n        nonlocal n\n        n += 1\n        return n\n    return count\nstep = counter()\nfirst = step()\ndef f(): return step()\n",
    "consumed by a partial": "import functools\ndef rows():\n    yield 1\n    yield 2\ng = functools.partial(next, rows())\nfirst = functools.partial(g)()\ndef f(): return g()\n",
    "bound in a test": "A = [1]\nif (n := len(A)) > 3:\n    B = 1\ndef f(): return n\n",
    "bound in a loop that never runs": "v = 1\n[v := q for q in []]\nw = v\ndef f(): return w\n",
    "half a suppressed block": "import contextlib\nv = 1\nwith contextlib.suppress(KeyError):\n    A = {}['x']\n    v = 2\ndef f(): return v\n",
    "read by a decorator before it is bound anew": "A = []\nv = 1\ndef note(g):\n    A.append(v)\n    return g\n@note\ndef f(): return A, v\nv = 2\n",
    "class made in a function": "D = {}\nclass B:\n    def __init__(self):\n        D['made'] = 1\ndef g():\n    class C(B): pass\n    return C()\nunused = g()\ndef f(): return D\n",
    "heir of an alias": "A = []\nclass B:\n    def __init_subclass__(cls): A.append(cls.__name__)\nC = B\nclass D(C): pass\ndef f(): return A\n",
    "drawn after a seed": "import random\nrandom.seed(2)\nfirst = random.random()\ndef f(): return random.random()\n",
    "added in place by another name": "A = [1]\nB = A\nB += [2]\ndef f(): return A\n",
    "property that counts": "class C:\n    n = 0\n    @property\n    def p(self):\n        C.n += 1\n        return 1\no = C()\nx = o.p\ndef f(): return C.n\n",
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


# The counterexamples that random projects gave, as small as they get: files beside p.py, p.py.
PROJECTS = {
    "changed from another module": ({"h.py": "A = [1]\n"}, "import h\nB = h.A\nB.append(2)\nh.C = 3\ndef f(): return h.A, h.C\n"),
    "changed by a module that others use": ({"h.py": "A = [1]\n", "k.py": "from h import A\nA.append(2)\ndef g(): pass\n"}, "from h import A\nfrom k import g\ndef f(): return A\ndef other(): g()\n"),
    "registered by a module that others use": ({"r.py": "R = {}\ndef reg(g):\n    R[g.__name__] = g\n    return g\n", "k.py": "from r import reg\n@reg\ndef g(): return 1\n"}, "from k import g\nfrom r import R\ndef f(): return sorted(R)\ndef other(): g()\n"),
    "order of imports": ({"h.py": "A = []\n", "a.py": "from h import A\nA.append('a')\n", "b.py": "import a\nfrom h import A\nA.append('b')\n", "c.py": "import b\n"}, "import c\nimport a\nimport b\nfrom h import A\ndef f(): return A\n"),
    "star after a binding": ({"h.py": "x = 2\n"}, "x = 1\nfrom h import *\ndef f(): return x\n"),
    "star before a binding": ({"h.py": "x = 2\n"}, "from h import *\nx = 1\ndef f(): return x\n"),
    "star that does not export": ({"h.py": "__all__ = ['y']\nx = 2\ny = 3\n"}, "x = 1\nfrom h import *\ndef f(): return x, y\n"),
    "star of a star that does not export": ({"m.py": "__all__ = ['y']\nx = 2\ny = 3\n", "h.py": "from m import *\n"}, "from m import x\nfrom h import *\ndef f(): return x, y\n"),
    "the later of two stars": ({"h.py": "x = 1\n", "k.py": "x = 2\n"}, "from h import *\nfrom k import *\ndef f(): return x\n"),
    "submodule in __all__": ({"k/__init__.py": "__all__ = ['m']\n", "k/m.py": "v = 1\n"}, "from k import *\ndef f(): return m.v\n"),
    "bound by a call in another module": ({"h.py": "def g():\n    global v\n    v = 4\n    return v\n"}, "import functools\nimport h\nunused = functools.partial(h.g)()\ndef f(): return h.v\n"),
    "changed through an import in a function": ({"h.py": "A = [1]\n"}, "def g():\n    from h import A as z\n    z.append(2)\n    return 1\nunused = g()\nfrom h import A\ndef f(): return A\n"),
    "package imported twice": ({"k/__init__.py": "v = 1\n", "k/m.py": "w = 2\n"}, "import k.m\ndef f(y=k.v): return y\nimport k\n"),
    "plug-ins of a package": ({"k/__init__.py": "from . import a, b\n", "k/r.py": "R = []\n", "k/a.py": "from .r import R\nR.append('a')\n", "k/b.py": "from .r import R\nR.append('b')\n"}, "import k\nfrom k.r import R\ndef f(): return R\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", PROJECTS)
def test_slices_of_a_project_give_what_it_gives(name: str) -> None:
    files, entry = PROJECTS[name]
    whole = {**files, "p.py": entry}
    found = function_facts(
        MemorySource(whole), "p.py", "f", roots=(".",), target=Target(python="3.11")
    )
    wanted = project_outcome(whole)
    assert wanted.value
    assert project_outcome({one.path: one.text for one in found["f"].slices}) == wanted


WHOLE = [
    ("exec", "exec(open('x').read())", "f()", "exec()"),
    ("eval of a value", "A = 1", "eval(x)", "eval()"),
    ("globals", "A = 1", "globals()[x]", "globals()"),
    ("the module by its name", "import sys", "getattr(sys.modules[__name__], x)", "sys.modules[__name__]"),
    ("dir", "A = dir()", "A[x]", "dir()"),
    ("vars", "A = vars()", "A[x]", "vars()"),
    ("locals at the top", "A = locals()", "A[x]", "locals()"),
    ("members of the module", "import inspect, sys", "inspect.getmembers(sys.modules[__name__])", "sys.modules[__name__]"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("top", "body", "why"), [case[1:] for case in WHOLE], ids=[case[0] for case in WHOLE]
)
def test_what_can_reach_any_name_keeps_the_module_whole(
    facts, top: str, body: str, why: str
) -> None:
    found = facts(f"{top}\nUNUSED = 1\ndef f(x='UNUSED'):\n    return {body}\n").slices[0]
    assert found.whole is not None
    assert why in found.whole
    assert "UNUSED = 1" in found.text


USED_AS_A_VALUE = [
    ("vars of a module", "import h\ndef f(): return vars(h)\n"),
    ("dir of a module", "import h\ndef f(): return dir(h)\n"),
    ("getattr with a value", "import h\ndef f(x): return getattr(h, x)\n"),
    ("members of a module", "import h, inspect\ndef f(): return inspect.getmembers(h)\n"),
    ("its dictionary", "import h\ndef f(): return h.__dict__\n"),
    ("handed on", "import h\ndef f(g): return g(h)\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    "source", [case[1] for case in USED_AS_A_VALUE], ids=[case[0] for case in USED_AS_A_VALUE]
)
def test_a_module_used_as_a_value_is_kept_whole(facts, source: str) -> None:
    found = {one.path: one for one in facts({"h.py": "A = 1\nB = 2\n", "p.py": source}).slices}
    assert found["h.py"].text == "A = 1\nB = 2\n"
    assert found["h.py"].whole == "p.py:1: the module itself is used as a value"


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
    ("main guard with an else", "if __name__ == '__main__':\n    A = 1\nelse:\n    A = 2\ndef f(): return A\n", "if __name__ == '__main__':\n    pass\nelse:\n    A = 2\ndef f(): return A\n"),
    ("what only looks at an object", "import b\nM = b.C()\nT = b.Table('t', M)\nS = b.select(M)\nP = M.get(1)\ndef f(): return M\n", "import b\nM = b.C()\nT = b.Table('t', M)\n\n\ndef f(): return M\n"),
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


@pytest.mark.parametrize(
    ("made", "kept"), [("types.ModuleType('b')", True), ("other.fake('b')", False)]
)
def test_a_module_that_stands_in_for_another_is_there_for_libraries(made: str, kept: bool) -> None:
    text = sliced(
        f"import sys, types, other\nimport a\nsys.modules['b'] = {made}\ndef f(): a.x()\n"
    )
    assert ("sys.modules['b']" in text) == kept


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


@cases(100, 20_000)
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


@cases(50, 20_000)
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
