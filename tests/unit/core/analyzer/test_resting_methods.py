"""Methods of classes that a function makes or is given: those that it may call count, the others rest."""

from __future__ import annotations

import pytest

from ops0.core.analyzer import analyse
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource
from ops0.core.requirements.values import Resolved

K = "import a, lib\nclass K:\n  n = 1\n  def m(self): a.x()\n  def __len__(self): return 1\n"

# (what it shows, source of p.py after K, the modules that f needs beside those that it names)
CALLED = [
    ("not called", "def f(): return K()", ""),
    ("called", "def f(): return K().m()", "a"),
    ("called by another name of it", "def f():\n  k = K()\n  go = k.m\n  go()", "a"),
    ("called by a function that is reached", "def g(k): k.m()\ndef f(): g(K())", "a"),
    ("called by one that is not", "def g(k): k.m()\ndef f(): return K()", ""),
    ("of the class", "def f(k): K.m(k)", "a"),
    ("a text says its name", "def f(): return getattr(K(), 'm')()", "a"),
    ("a text with its name in it", "def f(): return '{0.m}'.format(K())", "a"),
    ("code in a text says its name", "def f():\n  k = K()\n  return eval('k.m() + 1')", "a"),
    ("a template says its name", "def f(): return K(), '{{ k.m }} {% if k.n %}'", "a"),
    ("a word of a sentence", "def f(): return K(), 'say m or nothing'", ""),
    ("a file's name", "def f(): return K(), open('m.csv')", ""),
    ("a path of attributes", "def f(): return K(), 'k.m'", "a"),
    ("a part of an address", "def f(): return K(), 'https://x.org/m', 'a-m'", ""),
    ("a function of Python's library by that name", "import json as j\ndef f(): return K(), j.m", ""),
    ("one that is imported in the function", "def f():\n  import json\n  return K(), json.m", ""),
    ("a parameter by the name of such a module", "import json\ndef f(json): return K(), json.m", "a"),
    ("a docstring says its name", "def f():\n  'm is what it is'\n  return K()", ""),
    ("a name that only the run knows", "def f(x): return getattr(K(), x)()", "a"),
    ("a pattern", "def f(k):\n  K()\n  match k:\n    case K(m=1): pass", "a"),
    ("handed to a list", "def f():\n  ks = []\n  ks.append(K())\n  return sorted(ks, key=len)", ""),
    ("handed to a library", "def f(): lib.x(K())", "a lib"),
    ("handed to a library by a variable", "def f():\n  k = K()\n  lib.x(1, k=[k])", "a lib"),
    ("handed to a library by a helper", "def g(k): lib.x(k)\ndef f(): g(K())", "a lib"),
    ("handed to a library by what makes it", "def g(): return K()\ndef f():\n  k = g()\n  lib.x(k)", "a lib"),
    ("the class handed to a library", "def f(): lib.x(K)", "a lib"),
    ("handed to something of a library", "def f(): lib.x().put(K())", "a lib"),
    ("handed to whatever it is", "def f(x):\n  k = K()\n  x.show(k)", "a"),
    ("something else handed to a library", "def f():\n  K()\n  lib.x(1)", "lib"),
    ("handed to Python", "import json, pickle\ndef f(): return pickle.dumps(K()), len(K()), print(K())", ""),
    ("handed to what closes it", "import contextlib\ndef f(): return contextlib.closing(K())", "a"),
]  # fmt: skip

# (what it shows, the class K with its method m that reads a, the modules that `def f(): return K()` needs)
CLASSES = [
    ("plain", "class K:\n  def m(self): a.x()", ""),
    ("in a branch", "import sys\nif sys.argv:\n  class K:\n    def m(self): a.x()", ""),
    ("a base of Python's own that calls nothing", "from abc import ABC\nclass K(ABC):\n  def m(self): a.x()", ""),
    ("generic", "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass K(Generic[T]):\n  def m(self): a.x()", ""),
    ("a base of the project", "class B:\n  def m(self): a.x()\nclass K(B): pass", ""),
    ("called by a base", "class B:\n  def __init__(self): self.m()\nclass K(B):\n  def m(self): a.x()", "a"),
    ("called by __init__", "class K:\n  def __init__(self): self.m()\n  def m(self): a.x()", "a"),
    ("called by a method that Python calls", "class K:\n  def __enter__(self): self.m()\n  def m(self): a.x()", "a"),
    ("called by one that rests", "class K:\n  def m(self): a.x()\n  def n(self):\n    self.m(); lib.y()", ""),
    ("special", "class K:\n  def __call__(self): a.x()", "a"),
    ("shown in a notebook", "class K:\n  def _repr_html_(self): a.x()", "a"),
    ("a library's base", "class K(lib.B):\n  def m(self): a.x()", "a lib"),
    ("a library's base above", "class B(lib.B): pass\nclass K(B):\n  def m(self): a.x()", "a lib"),
    ("a library's base beside", "class B:\n  def m(self): a.x()\nclass K(B, lib.B): pass", "a lib"),
    ("a base of Python's own that calls methods", "import threading\nclass K(threading.Thread):\n  def run(self): a.x()", "a"),
    ("an exception", "class K(Exception):\n  def m(self): a.x()", ""),
    ("a library's base that is known to call nothing", "import pydantic as p\nclass K(p.BaseModel):\n  def m(self): a.x()", "pydantic"),
    ("what such a base does call", "from pydantic import BaseModel\nclass K(BaseModel):\n  def model_post_init(self, x): a.x()", "a pydantic"),
    ("what a decorator of its library registers", "from pydantic import BaseModel, field_validator\nclass K(BaseModel):\n  @field_validator('n')\n  def m(cls, x): a.x()", "a pydantic"),
    ("such a base beside one that may call all", "from pydantic import BaseModel\nclass K(BaseModel, lib.B):\n  def m(self): a.x()", "a lib pydantic"),
    ("such a base above", "from pydantic import BaseModel\nclass B(BaseModel): pass\nclass K(B):\n  def m(self): a.x()", "pydantic"),
    ("such a base that is made", "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\nclass K(Base):\n  def m(self): a.x()", "sqlalchemy.orm"),
    ("a module of torch", "from torch import nn\nclass K(nn.Module):\n  def m(self): a.x()", "torch"),
    ("what torch calls of one", "from torch import nn\nclass K(nn.Module):\n  def forward(self): a.x()", "a torch"),
    ("a metaclass", "class M(type): pass\nclass K(metaclass=M):\n  def m(self): a.x()", "a"),
    ("dataclass", "from dataclasses import dataclass\n@dataclass\nclass K:\n  n: int = 1\n  def m(self): a.x()", ""),
    ("a decorator that may look at it", "@lib.register\nclass K:\n  def m(self): a.x()", "a lib"),
    ("property", "class K:\n  @property\n  def m(self): a.x()", ""),
    ("a property made by hand", "class K:\n  def m(self): a.x()\n  p = property(m)", "a"),
    ("by another name", "class K:\n  def m(self): a.x()\n  __str__ = m", "a"),
    ("in a table of the class", "class K:\n  def m(self): a.x()\n  ALL = {'x': m}", "a"),
    ("as a decorator of others", "class K:\n  def m(g): a.x()\n  @m\n  def n(self): pass", "a"),
    ("as a default", "class K:\n  def m(self): a.x()\n  def n(self, by=m): pass", "a"),
    ("a property that is set, too", "class K:\n  @property\n  def m(self): a.x()\n  @m.setter\n  def m(self, x): a.x()", ""),
    ("a decorated method", "class K:\n  @lib.tool\n  def m(self): a.x()", "a lib"),
    ("a default runs", "class K:\n  def m(self, x=a.y): pass", "a"),
    ("an annotation runs", "class K:\n  def m(self, x: a.T): pass", "a"),
    ("a method's own import", "class K:\n  def m(self):\n    import a\n    a.x()", ""),
    ("a helper of a method", "def g(): a.x()\nclass K:\n  def m(self): g()", ""),
    ("put into the class", "class K: pass\ndef g(self): a.x()\nK.m = g", "a"),
]  # fmt: skip


def modules(facts, source: str, function: str = "f") -> set[str]:
    return {one.module for one in facts(source, function).imports}


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in CALLED], ids=[case[0] for case in CALLED]
)
def test_methods_count_that_may_be_called(facts, source: str, wanted: str) -> None:
    assert modules(facts, K + source) == set(wanted.split())


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in CLASSES], ids=[case[0] for case in CLASSES]
)
def test_methods_rest_only_where_nobody_else_calls_them(facts, source: str, wanted: str) -> None:
    assert modules(facts, f"import a, lib\n{source}\ndef f(): return K()") == set(wanted.split())


def test_an_instance_that_is_given_brings_what_is_called_of_it(facts) -> None:
    source = K + "  def o(self): lib.x()\ndef f(k): return k.m()\ndef main(): f(K())"
    assert modules(facts, source) == {"a"}


def test_what_a_method_calls_that_nobody_wants_does_not_count(facts) -> None:
    source = """import pandas as pd
class B:
    def read(self, path) -> pd.DataFrame: ...
class K(B):
    def read(self, path): return pd.read_excel(path)
def f(): return K()
def g(path): return f().read(path)
"""
    assert facts(source).calls == ()
    assert "pandas.read_excel" in {one.name for one in facts(source, "g").calls}


@pytest.mark.parametrize(
    ("handed", "wanted"),
    [
        ("pl.Trainer().fit(K())", {"pytorch_lightning"}),
        ("pl.seed(K())", {"pytorch_lightning"}),
        ("lib.show(K())", {"a", "lib", "pytorch_lightning"}),
        ("[one.x(K()) for one in (lib.a(), pl.Trainer())]", {"a", "lib", "pytorch_lightning"}),
    ],
)
def test_who_knows_the_base_asks_for_no_more_than_the_base_calls(
    facts, handed: str, wanted: set[str]
) -> None:
    source = (
        "import a, lib\nimport pytorch_lightning as pl\n"
        "class K(pl.LightningModule):\n  def plotted(self): a.x()\n"
        f"def f(): return {handed}"
    )
    assert modules(facts, source) == wanted


def test_of_other_files_it_is_not_known_what_they_do_with_it(facts) -> None:
    files = {"p.py": f"{K}import q\ndef f(): q.g(K())", "q.py": "def g(k): k.render()"}
    assert {one.module for one in facts(files).imports} == {"a"}


CLASS = '''\
import a
class K:
    """Some."""
    def one(self): return a.x()

    @property
    def two(self):
        """What
        it is."""
        return a.y(
            1,
        )

    def three(self):
        return 3
def f():
    return K().three()
'''


def test_a_method_at_rest_says_so_should_somebody_call_it(facts) -> None:
    (one,) = facts(CLASS).slices
    names: dict[str, object] = {}
    exec(compile(one.text, "p.py", "exec"), names)
    assert names["f"]() == 3  # type: ignore[operator]
    made = names["K"]()  # type: ignore[operator]
    for name in ("one", "two"):
        with pytest.raises(RuntimeError, match=rf"ops0 left K\.{name} out .* write `K\.{name}`"):
            getattr(made, name)()
    assert "a.x" not in one.text
    assert one.text.splitlines()[13:] == CLASS.splitlines()[13:]


@pytest.mark.parametrize(
    ("result", "wanted"),
    [
        ("K()", set()),
        ("{1: [K()]}", set()),
        ("pickle.load(x) or K()", {"a"}),
        ("a_maker(K())", {"a"}),
    ],
)
def test_a_step_that_may_give_back_anything_keeps_all_methods(
    facts, result: str, wanted: set[str]
) -> None:
    """The class is stored with the instance then: nobody may know that the next step should have it."""
    source = (
        "import a, ops0, pickle\nfrom unknown import *\nclass K:\n  def m(self): a.x()\n"
        f"@ops0.step\ndef f(x): return {result}"
    )
    assert modules(facts, source) - {"unknown"} == wanted


def test_an_edit_of_a_method_at_rest_does_not_reach_the_step() -> None:
    def text_of(source: str) -> str:
        found = analyse(
            MemorySource({"p.py": f"import ops0\n{source}"}),
            "p.py",
            roots=(".",),
            target=Target(python="3.11"),
            resolve_needs=lambda *_: Resolved(),
        )
        return found.steps[0].slices[0].text

    step = CLASS.replace("def f", "@ops0.step\ndef f")
    assert text_of(step) == text_of(step.replace("a.x()", "a.z()"))
    assert text_of(step) != text_of(step.replace("return 3", "return 4"))


def test_what_is_noted_on_a_librarys_object_is_judged_with_the_methods_that_it_calls(facts) -> None:
    source = (
        "import a, lib\nclass K:\n  def m(self): a.x()\ndays = lib.Days()\n"
        "@lib.asset(days=days)\ndef g(k: K): k.m()\n@lib.asset(days=days)\ndef f(): return 1"
    )
    assert modules(facts, source) == {"lib"}


def test_what_only_a_method_says_that_nobody_calls_is_not_called(facts) -> None:
    source = (
        "import a\nclass B:\n  def load(self): a.x()\n"
        "class K:\n  def free(self, b): return b.load()\n  def m(self, b): return b\n"
        "def f(): return K().m(B())\n"
        "def g(): return K().free(B())"
    )
    assert modules(facts, source) == set()
    assert modules(facts, source, "g") == {"a"}
