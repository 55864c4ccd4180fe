"""What lies in objects crosses with them: attributes, methods, instances, classes and their heirs."""

from __future__ import annotations

import pytest

HEAD = "import pandas as pd, numpy as np, requests, boto3, json, joblib\n"


OWN = [
    ("instance of a class of the file", "class K:\n  def m(self): return np.zeros(1)\ndef f(k): k.m()\ndef main(): f(K())", "numpy"),
    ("annotated as text", "class K:\n  def m(self): return np.zeros(1)\ndef f(k: 'K'): k.m()", "numpy"),
    ("what an instance was given", "class K:\n  def __init__(self, d): self.d = d\ndef f(k): pass\ndef main(): f(K(pd.read_csv('a')))", "pandas"),
    ("a function as a value", "def g(): return np.zeros(1)\ndef f(h): return h()\ndef main(): f(g)", "numpy"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"), [case[1:] for case in OWN], ids=[case[0] for case in OWN]
)
def test_what_is_the_projects_own_comes_with_all_that_it_needs(
    facts, source: str, wanted: str
) -> None:
    found = facts(HEAD + source)
    names = {one.name for one in found.types} | {one.module for one in found.imports}
    assert {name.partition(".")[0] for name in names} == {wanted}


SET = """
import tenacity, torch
from torch.utils.data import DataLoader, Dataset
class Rows(Dataset):
    def __getitem__(self, i): return np.zeros(i)
class Net(torch.nn.Module):
    def forward(self, x): return requests.get(x)
def load(path): return pd.read_csv(path)
def f(x): pass
"""


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("DataLoader(Rows())", "numpy torch"),
        ("iter(DataLoader(dataset=Rows(), batch_size=2))", "numpy torch"),
        ("torch.nn.DataParallel(Net())", "requests torch"),
        ("Net().to('cpu')", "requests torch"),
        ("[Net().eval()]", "requests torch"),
        ("Net().children()", "torch"),
        ("tenacity.retry(stop=3)(load)", "pandas tenacity"),
    ],
)
def test_what_wraps_an_object_of_the_project_brings_its_class(
    facts, given: str, wanted: str
) -> None:
    found = facts(HEAD + SET + f"def main(): f({given})")
    names = {one.name for one in found.types} | {one.module for one in found.imports}
    assert {name.partition(".")[0] for name in names} == set(wanted.split())


def test_a_method_needs_what_its_object_holds(facts) -> None:
    source = (
        "class K:\n  def __init__(self, df): self.df = df\n  def f(self): return self.df.x\n"
        "def main(): K(pd.read_csv('a')).f()"
    )
    (one,) = facts(HEAD + source, "K.f").types
    assert (one.name, one.subject, str(one.where)) == ("pandas.read_csv", "self.df", "p.py:5")


@pytest.mark.parametrize(
    "call",
    [
        "k = K.remote()\n  k.f.remote(ray.put(pd.read_csv('a')))",
        "k = K.options(num_cpus=1).remote()\n  k.f.remote(pd.read_csv('a'))",
        "K().f.remote(pd.read_csv('a'))",
    ],
)
def test_a_method_that_is_called_elsewhere_needs_what_it_is_handed(facts, call: str) -> None:
    source = f"import ray\nclass K:\n  def f(self, df): pass\ndef main():\n  {call}"
    assert [one.name for one in facts(HEAD + source, "K.f").types] == ["pandas.read_csv"]


def test_a_method_needs_what_another_put_into_the_object_and_not_what_it_took_to_do_so(
    facts,
) -> None:
    source = (
        "import settings\nclass K:\n  def __enter__(self): self.c = boto3.client(settings.get('a'))\n"
        "  def f(self): self.c.close()\n  def g(self): self.c = None"
    )
    found = facts(HEAD + source, "K.f")
    assert ([one.name for one in found.types], found.imports) == (["boto3.client"], ())
    assert facts(HEAD + source, "K.g").types == ()


WORDS = """
class Words:
    def __init__(self): self.index, self.more = None, {}
    def fill(self): self.index = np.zeros(3)
    def search(self): return self._sorted()
    def _sorted(self): return self.index.argsort()
    def size(self): return len(self.more)
class Store:
    def __init__(self): self.words = Words()
    def find(self): return self._found()
    def _found(self): return self.words.search()
    def raw(self): return self.words.index
    def size(self): return self.words.size()
def find(store): return store.search()
def size(store): return store.size()
def main():
    store = Words()
    store.fill()
    find(store), size(store)
"""


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        ("Store.find", "self.words.index:numpy"),
        ("Store.raw", "self.words.index:numpy"),
        ("Store.size", ""),
        ("find", "store.index:numpy"),
        ("size", ""),
    ],
)
def test_what_lies_in_an_instance_that_is_asked_crosses_too(
    facts, function: str, wanted: str
) -> None:
    types = facts(HEAD + WORDS, function).types
    fields = (one for one in types if not one.subject.rpartition(".")[2].startswith("_"))
    assert {f"{one.subject}:{one.name.partition('.')[0]}" for one in fields} == set(wanted.split())


@pytest.mark.parametrize(
    "put",
    ["self.a, self.b = pd.read_csv('a'), 1", "self.a = {}; self.a['x'] = pd.read_csv('a')", "self.a.append(pd.read_csv('a'))"],
)  # fmt: skip
def test_what_is_put_into_an_attribute_counts(facts, put: str) -> None:
    source = f"class K:\n  def g(self):\n    {put}\n  def f(self): return self.a\n  def h(self): return self.b"
    assert [one.name for one in facts(HEAD + source, "K.f").types] == ["pandas.read_csv"]
    assert facts(HEAD + source, "K.h").types == ()


MADE = """
class K:
    def __init__(self, df): self.df = df
    @classmethod
    def read(cls, path): return cls(pd.read_csv(path))
    @classmethod
    def empty(cls): return 0
    def like(self): return self.__class__(np.zeros(3))
    def go(self): return self._first()
    def _first(self): return self.df
    def __call__(self): return self.df.x
    def called(self): return self()
    def still(self): return self.__init__
class Box:
    def __init__(self, k): self.k = k
    @classmethod
    def of(cls, path): return cls(K.read(path))
    def names(self): return [1]
def f(x, n): pass
def main(): f(Box.of("a").k, Box.of("a").names())
"""


@pytest.mark.parametrize(
    ("method", "wanted"),
    [
        ("K.__init__", "df:numpy df:pandas"),  # cls(...) and self.__class__(...) make one
        ("K.go", "self.df:numpy self.df:pandas"),  # what a method that it calls reads
        ("K.called", "self.df:numpy self.df:pandas"),
        ("K.empty", ""),
        ("K.read", ""),  # cls(...) calls no instance
        ("K.still", ""),
    ],
)
def test_an_instance_that_a_class_method_makes(facts, method: str, wanted: str) -> None:
    found = facts(HEAD + MADE, method)
    made = {f"{one.subject}:{one.name.partition('.')[0]}" for one in found.types}
    assert {one for one in made if one.startswith(("self.df", "df"))} == set(wanted.split())


def test_what_lies_in_an_instance_comes_out_of_it_by_what_its_class_says(facts) -> None:
    """An instance of another class that it was made with is not asked for its attributes."""
    source = HEAD + "import torch\n" + MADE.replace("class K:", "class K(torch.nn.Module):")
    subjects = {one.subject for one in facts(source, "f").types}
    assert subjects == {"x"}


HEIR = "class K:\n  def main(self): self.go(pd.read_csv('a'))\nclass L(K): pass\nclass M(L):\n  def go(self, df): pass"


def test_a_method_of_an_heir_is_given_what_its_base_hands_to_it(facts) -> None:
    assert [one.name for one in facts(HEAD + HEIR, "M.go").types] == ["pandas.read_csv"]
