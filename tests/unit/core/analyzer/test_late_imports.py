"""Imports that a function makes global: ``global pl`` and ``import polars as pl`` in its body."""

from __future__ import annotations

import pytest

from ops0.core.analyzer import function_facts
from ops0.core.facts import Facts
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

LAZY = "pl = None\ndef lazy():\n    global pl\n    import polars as pl\n"
NEVER_SET = "def lazy():\n    global pl\n    import polars as pl\n"


def facts(text: str, function: str, **others: str) -> Facts:
    files = {"p.py": text.encode(), **{f"{name}.py": one.encode() for name, one in others.items()}}
    target = Target(python="3.11")
    return function_facts(MemorySource(files), "p.py", function, roots=(".",), target=target)[function]  # fmt: skip


@pytest.mark.parametrize("head", [LAZY, NEVER_SET])
def test_who_reads_the_name_needs_what_it_is(head: str) -> None:
    found = facts(head + "def f():\n    lazy()\n    return pl.read_csv('a')\n", "f")
    assert [one.module for one in found.imports] == ["polars"]
    assert [one.name for one in found.calls] == ["polars.read_csv"]
    assert found.warnings == ()


@pytest.mark.parametrize("head", [LAZY, NEVER_SET])
def test_the_function_itself_needs_it_once(head: str) -> None:
    found = facts(head, "lazy")
    assert [one.module for one in found.imports] == ["polars"]
    assert found.warnings == ()


@pytest.mark.parametrize("head", [LAZY, NEVER_SET])
def test_what_is_made_with_it_crosses(head: str) -> None:
    text = head + "def load():\n    lazy()\n    return pl.read_csv('a')\ndef f(x): ...\ndef main(): f(load())\n"  # fmt: skip
    assert [one.name for one in facts(text, "f").types] == ["polars.read_csv"]


def test_a_module_of_the_project_is_followed() -> None:
    text = "def lazy():\n    global h\n    import helper as h\ndef f():\n    lazy()\n    return h.g()\n"
    found = facts(text, "f", helper="import requests, yaml\ndef g(): return requests.get('a')\n")
    assert [one.module for one in found.imports] == ["requests"]


def test_an_import_at_the_top_counts_first() -> None:
    text = "import pandas as pl\ndef lazy():\n    global pl\n    import polars as pl\ndef f(): return pl.read_csv('a')\n"
    assert [one.name for one in facts(text, "f").calls] == ["pandas.read_csv"]


def test_a_local_import_of_the_same_name_stays_local() -> None:
    text = LAZY + "def f():\n    import pandas as pl\n    return pl.read_csv('a')\n"
    assert [one.module for one in facts(text, "f").imports] == ["pandas"]
