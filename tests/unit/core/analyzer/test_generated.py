"""What calls put into an instance by an ``__init__`` that nobody writes: dataclasses, attrs, models, named tuples."""

from __future__ import annotations

import pytest

HEAD = """
import attr, attrs, pandas as pd, numpy as np, torch, requests
from dataclasses import KW_ONLY, InitVar, dataclass, field, replace
from typing import Any, Callable, ClassVar, NamedTuple
from pydantic import BaseModel, Field
def frame(): return pd.read_csv("a")
"""
METHOD = "  def f(self): return self.x.shape\n"

# (what it shows, the class without its method, what makes it, the libraries of what ``self.x`` may be)
MADE = [
    ("by its place", "@dataclass\nclass K:\n  a: int\n  x: object\n", "K(np.zeros(1), frame())", "pandas"),
    ("by its name", "@dataclass(frozen=True)\nclass K:\n  a: Any\n  x: Any\n", "K(x=frame(), a=np.zeros(1))", "pandas"),
    ("a container", "@dataclass\nclass K:\n  x: dict\n", "K({'a': frame()})", "pandas"),
    ("by more calls", "@dataclass\nclass K:\n  x: object = None\n", "K(frame()), K(np.zeros(1)), K()", "numpy pandas"),
    ("a default", "@dataclass\nclass K:\n  x: object = np.zeros(1)\n", "K()", "numpy"),
    ("a default beside what calls fill", "@dataclass\nclass K:\n  x: object = np.zeros(1)\n", "K(frame())", "numpy pandas"),
    ("a copy of something else", "@dataclass\nclass K:\n  x: object = np.zeros(1)\n", "replace(other(), x=frame(), z=1)", "numpy"),
    ("a factory", "@dataclass\nclass K:\n  x: object = field(default_factory=frame)\n", "K()", "pandas"),
    ("a lambda", "@dataclass\nclass K:\n  x: object = field(default_factory=lambda: np.zeros(3))\n", "0", "numpy"),
    ("init=False", "@dataclass\nclass K:\n  x: object = field(init=False, default_factory=frame)\n  y: object = 0\n", "K(np.zeros(1))", "pandas"),
    ("kw_only", "@dataclass\nclass K:\n  x: object = field(kw_only=True)\n  y: object\n", "K(np.zeros(1), x=frame())", "pandas"),
    ("KW_ONLY", "@dataclass\nclass K:\n  y: object\n  _: KW_ONLY\n  x: object\n", "K(np.zeros(1), x=frame())", "pandas"),
    ("no field", "@dataclass\nclass K:\n  c: ClassVar[Any]\n  y: InitVar[Any]\n  x: object\n", "K(np.zeros(1), frame())", "pandas"),
    ("of a base", "@dataclass\nclass B:\n  x: object\n@dataclass\nclass K(B):\n  y: object\n", "K(frame(), np.zeros(1))", "pandas"),
    ("an heir that adds none", "@dataclass\nclass B:\n  x: object\nclass K(B):\n  n = 1\n", "K(frame())", "pandas"),
    ("a class method", "@dataclass\nclass K:\n  x: object\n  @classmethod\n  def of(cls): return cls(frame())\n", "K.of()", "pandas"),
    ("attrs", "@attrs.define\nclass K:\n  _y: object\n  x: object = attrs.field(factory=list)\n", "K(y=np.zeros(1), x=frame())", "pandas"),
    ("attr.s", "@attr.s\nclass K:\n  y = attr.ib()\n  x = attr.ib(default=attr.Factory(list))\n", "K(np.zeros(1), frame())", "pandas"),
    ("a model", "class K(BaseModel):\n  y: Any\n  x: Any = Field(None, alias='z')\n", "K(z=frame(), y=np.zeros(1))", "pandas"),
    ("a model's heir", "class B(BaseModel):\n  y: Any\nclass K(B):\n  x: Any = Field(...)\n", "K(x=frame(), y=np.zeros(1))", "pandas"),
    ("a model by either name", "class K(BaseModel):\n  x: Any = Field(alias='z')\n", "K(z=frame()), K(x=np.zeros(1))", "numpy pandas"),
    ("a copy", "@dataclass\nclass K:\n  x: object = 0\n", "replace(K(), x=frame())", "pandas"),
    ("a copy of a named tuple", "class K(NamedTuple):\n  x: object\n", "K(0)._replace(x=frame())", "pandas"),
    ("a named tuple", "class K(NamedTuple):\n  y: Any\n  x: Any = 1\n", "K(np.zeros(1), frame())", "pandas"),
    ("what an annotation says", "@dataclass\nclass K:\n  x: torch.Tensor\n", "K(frame())", "torch"),
    ("its own __init__", "@dataclass\nclass K:\n  x: object\n  def __init__(self, y): self.x = y\n", "K(frame())", "pandas"),
]  # fmt: skip


def libraries(found, subject: str = "self.x") -> set[str]:
    return {one.name.partition(".")[0] for one in found.types if one.subject == subject}


@pytest.mark.parametrize(
    ("owner", "made", "wanted"), [one[1:] for one in MADE], ids=[one[0] for one in MADE]
)
def test_a_field_is_what_calls_and_defaults_give_it(
    facts, owner: str, made: str, wanted: str
) -> None:
    found = facts(f"{HEAD}{owner}{METHOD}def main(): {made}", "K.f")
    assert libraries(found) == set(wanted.split())


def test_a_base_sees_what_calls_of_its_heirs_give(facts) -> None:
    classes = f"@dataclass\nclass B:\n  x: object\n{METHOD}@dataclass\nclass K(B):\n  y: object\n"
    found = facts(f"{HEAD}{classes}def main(): K(frame(), np.zeros(1))", "B.f")
    assert libraries(found) == {"pandas"}


def test_a_function_of_the_name_of_a_field_is_none_of_its_own(facts) -> None:
    source = f"{HEAD}def x(): return frame()\n@dataclass\nclass K:\n  x: object\n{METHOD}"
    assert libraries(facts(source, "K.f")) == set()


def test_a_function_is_given_what_lies_in_the_field_of_an_instance(facts) -> None:
    owner = "@dataclass\nclass K:\n  a: object\n  x: object\n"
    source = f"{HEAD}{owner}def f(n): pass\ndef main(): f(K(np.zeros(1), frame()).x)"
    assert libraries(facts(source), "n") == {"pandas"}
