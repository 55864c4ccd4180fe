"""Tests that the analyzer decides, and those that it leaves to the run."""

from __future__ import annotations

import ast

import pytest

from ops0.core.analyzer.syntax.conditions import decider
from ops0.core.analyzer.syntax.stdlib import is_stdlib
from ops0.core.locked import Target

DECIDED = [
    ("TYPE_CHECKING", False),
    ("typing.TYPE_CHECKING", False),
    ("not TYPE_CHECKING", True),
    ("False", False),
    ("0", False),
    ("sys.version_info >= (3, 11)", True),
    ("sys.version_info[:2] < (3, 11)", False),
    ("sys.version_info[0] == 2", False),
    ("sys.version_info.major >= 3", True),
    ("sys.version_info > (3,)", True),
    ("(3, 12) <= sys.version_info", False),
    ("sys.version_info >= (3, 11, 4)", None),
    ("sys.version_info >= (3, 12, 4)", False),
    ("sys.version_info >= x", None),
    ("sys.version_info >= 'x'", None),
    ("sys.platform == 'linux'", True),
    ("sys.platform.startswith('win')", False),
    ("sys.platform in ('win32', 'cygwin')", False),
    ("os.name == 'nt'", False),
    ("platform.system() == 'Windows'", False),
    ("x.platform == 'linux'", None),
    ("sys.platform == 'win32' or x", None),
    ("sys.platform == 'win32' and x", False),
    ("sys.platform == 'linux' or x", True),
    ("x", None),
    ("1 < 2", None),
    ("x < 2 < 3", None),
    ("sys.version_info[x] == 3", None),
]


@pytest.mark.parametrize(("test", "wanted"), DECIDED)
def test_decided(test: str, wanted: bool | None) -> None:
    decide = decider(Target(python="3.11"))
    assert decide(ast.parse(test, mode="eval").body) is wanted


@pytest.mark.parametrize(
    ("module", "first", "last"),
    [
        ("json", "3.8", "3.14"),
        ("os.path", "3.8", "3.14"),
        ("zoneinfo", "3.9", "3.14"),
        ("tomllib", "3.11", "3.14"),
        ("compression.zstd", "3.14", "3.14"),
        ("distutils.core", "3.8", "3.11"),
        ("imp", "3.8", "3.11"),
        ("cgi", "3.8", "3.12"),
        ("telnetlib", "3.8", "3.12"),
        ("binhex", "3.8", "3.10"),
        ("numpy", None, None),
        ("jsonx", None, None),
    ],
)
def test_the_standard_library_of_each_python(
    module: str, first: str | None, last: str | None
) -> None:
    pythons = [f"3.{minor}" for minor in range(8, 15)]
    inside = [python for python in pythons if is_stdlib(module, python)]
    assert (inside[:1], inside[-1:]) == (([first], [last]) if first else ([], []))
