"""Modules that some Pythons or other systems have and an image lacks."""

from __future__ import annotations

from importlib.resources import files

import pytest
import tomli

from ops0.core.analyzer import function_facts
from ops0.core.analyzer.syntax.stdlib import is_stdlib
from ops0.core.errors import Ops0Error
from ops0.core.locked import Target
from ops0.core.pipeline import Where
from ops0.core.project_files import MemorySource
from ops0.core.requirements.declarations import Declaration, StepDeclared
from ops0.core.requirements.errors import AbsentModule
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.values import Context, Resolved
from ops0.host.tables import read_tables

TABLES = read_tables()


def needs(code: str, python: str, *requires: str) -> Resolved:
    target = Target(python=python)
    source = MemorySource({"p.py": code})
    facts = function_facts(source, "p.py", "f", roots=(".",), target=target)["f"]
    asked = StepDeclared(requires=tuple(Declaration(one, Where("p.py", 1)) for one in requires))
    return resolve_needs("f", facts, asked, Context(target=target, tables=TABLES))


@pytest.mark.parametrize(
    ("code", "python", "said"),
    [
        ("from distutils.version import LooseVersion", "3.12", ["not in Python 3.12", '"setuptools"']),
        ("import imp", "3.12", ["3.12", "import importlib instead"]),
        ("import asyncore", "3.13", ["3.12", '"pyasyncore"']),
        ("import telnetlib", "3.13", ["3.13", "telnetlib3"]),
        ("import tomllib", "3.10", ["from 3.11 on", "import tomli instead", 'python="3.11"']),
        ("import zoneinfo", "3.8", ["from 3.9 on", "backports.zoneinfo"]),
        ("import win32com.client", "3.11", ["Windows only"]),
        ("import pythoncom", "3.11", ["Windows only"]),
        ("import AppKit", "3.11", ["macOS only"]),
    ],
)  # fmt: skip
def test_the_error_says_why_and_what_to_do(code: str, python: str, said: list[str]) -> None:
    name = code.rsplit(maxsplit=1)[-1].partition(".")[0]
    with pytest.raises(AbsentModule) as fault:
        needs(f"def f():\n    {code}\n    return {name}\n", python)
    whole = f"{fault.value}\n{fault.value.hint}"
    assert str(fault.value).startswith("p.py:2: ")
    assert [text for text in said if text not in whole] == []
    assert fault.value.exit_code == 12


@pytest.mark.parametrize(
    ("code", "python", "found"),
    [
        ("import distutils.version", "3.11", set()),
        ("import imp", "3.11", set()),
        ("import tomllib", "3.11", set()),
        ("import zoneinfo", "3.9", set()),
        ("import dataclasses", "3.8", set()),
        ("from backports.zoneinfo import ZoneInfo", "3.8", {"backports-zoneinfo"}),
        ("import tomli", "3.10", {"tomli"}),
    ],
)
def test_what_the_target_has_needs_nothing(code: str, python: str, found: set[str]) -> None:
    resolved = needs(f"def f():\n    {code}\n", python)
    assert {need.name for need in resolved.needs} == found


def test_a_fallback_is_no_fault() -> None:
    code = "try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib\n"
    code += "def f():\n    return tomllib.loads('')\n"
    assert {need.name for need in needs(code, "3.11").needs} == set()
    assert {need.name for need in needs(code, "3.10").needs} <= {"tomli"}


def test_who_brings_it_back_may_be_declared() -> None:
    resolved = needs("def f():\n    import distutils.core\n", "3.12", "setuptools>=70")
    assert [(need.name, need.imports) for need in resolved.needs] == [
        ("setuptools", ("distutils.core",))
    ]
    with pytest.raises(Ops0Error):
        needs("def f():\n    import distutils.core\n", "3.12", "wheel")


def test_the_table_agrees_with_the_analyzers() -> None:
    table = tomli.loads(
        files("ops0.core.analyzer.syntax").joinpath("stdlib.toml").read_text("utf-8")
    )
    public = {
        (key, module): version
        for key in ("since", "until")
        for module, version in table[key].items()
        if not module.startswith("_")
    }
    ours = {
        (key, module): getattr(absent, key)
        for module, absent in TABLES.absent.items()
        for key in ("since", "until")
        if getattr(absent, key)
    }
    assert ours == public


def test_no_other_table_claims_them() -> None:
    assert set(TABLES.absent) & set(TABLES.imports) == set()
    newest = [module for module, one in TABLES.absent.items() if one.until]
    assert [module for module in newest if is_stdlib(module, "3.14")] == []
