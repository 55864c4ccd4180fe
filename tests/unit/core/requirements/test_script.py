"""What a script declares in its own text (PEP 723), and which Pythons a project says it is for."""

from __future__ import annotations

import pytest

from ops0.core.errors import Ops0Error
from ops0.core.pipeline import Where
from ops0.core.project_files import MemorySource
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.files import project_declared
from ops0.core.requirements.pythons import python_warnings
from ops0.core.requirements.script import declared_with, script_declared
from ops0.core.toml_text import BadSetting

SCRIPT = """#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.12"
# dependencies = [
#   "httpx==0.27.0",
#   "rich<14; python_version > '3'",
# ]
#
# [tool.uv]
# exclude-newer = "2026-01-01T00:00:00Z"
# ///
import httpx
"""


def test_a_scripts_own_block_declares() -> None:
    found = script_declared(MemorySource({"flows/a.py": SCRIPT}), "flows/a.py")
    assert found.declarations == (
        Declaration("httpx==0.27.0", Where("flows/a.py", 5)),
        Declaration("rich<14; python_version > '3'", Where("flows/a.py", 6)),
    )
    assert found.pythons == (Declaration(">=3.12", Where("flows/a.py", 3)),)


def test_line_ends_of_another_system_and_a_mark_are_no_matter() -> None:
    data = b"\xef\xbb\xbf" + SCRIPT.replace("\n", "\r\n").encode()
    found = script_declared(MemorySource({"a.py": data}), "a.py")
    assert found.declarations[0].text == "httpx==0.27.0"


@pytest.mark.parametrize(
    "text",
    [
        "import os\n",
        "# /// pyproject\n# dependencies = ['a']\n# ///\n",
        "# /// script\n# dependencies = ['a']\n",
        "# /// script\nx = 1\n# ///\n",
        "text = '# /// script'\n# ///\n",
    ],
)
def test_what_is_no_block_declares_nothing(text: str) -> None:
    assert script_declared(MemorySource({"a.py": text}), "a.py").declarations == ()


def test_a_block_ends_at_its_last_end() -> None:
    text = "# /// script\n# dependencies = ['a']\n# # ///\n# ///\n# more\n"
    found = script_declared(MemorySource({"a.py": text}), "a.py")
    assert [one.text for one in found.declarations] == ["a"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# /// script\n# dependencies = 'a'\n# ///\n", 2),
        ("# /// script\n# dependencies = [1]\n# ///\n", 2),
        ("# /// script\n# dependencies = ['==1']\n# ///\n", 2),
        ("# /// script\n# ///\n\n# /// script\n# ///\n", 4),
    ],
)
def test_a_bad_block_is_an_error_with_its_place(text: str, line: int) -> None:
    with pytest.raises(Ops0Error) as fault:
        script_declared(MemorySource({"a.py": text}), "a.py")
    assert str(fault.value).startswith(f"a.py:{line}: ")


def test_two_blocks_say_what_to_do() -> None:
    text = "# /// script\n# ///\n\n# /// script\n# ///\n"
    with pytest.raises(BadSetting, match="is there twice") as fault:
        script_declared(MemorySource({"a.py": text}), "a.py")
    assert fault.value.hint


def test_the_scripts_own_lock_pins_what_it_does_not_pin() -> None:
    lock = "".join(
        f'[[package]]\nname = "{name}"\nversion = "9"\nsource = {{ registry = "https://e.org" }}\n'
        for name in ("httpx", "rich", "idna")
    )
    found = script_declared(MemorySource({"a.py": SCRIPT, "a.py.lock": lock}), "a.py")
    assert [(one.text, one.where.path) for one in found.declarations] == [
        ("httpx==0.27.0", "a.py"),
        ("rich<14; python_version > '3'", "a.py"),
        ("rich==9", "a.py.lock"),
        ("idna==9", "a.py.lock"),
    ]


def test_of_what_a_script_declares_the_projects_other_files_have_no_say() -> None:
    source = MemorySource(
        {"a.py": SCRIPT, "requirements.txt": "HTTPX==1\nsix==2\n-c c.txt\n", "c.txt": "rich==15\n"}
    )
    found = declared_with(script_declared(source, "a.py"), project_declared(source))
    assert [one.text for one in found.constraints] == [
        "httpx==0.27.0",
        "rich<14; python_version > '3'",
        "six==2",
    ]


@pytest.mark.parametrize(
    ("wanted", "python", "told"),
    [
        (">=3.12", "3.11", True),
        (">=3.11.4", "3.11", False),
        ("<3.11", "3.11", True),
        ("==3.11.*", "3.11", False),
        (">=3.9,!=3.11.*", "3.11", True),
        ("no version", "3.11", False),
    ],
)
def test_a_python_that_the_project_is_not_for_is_told(wanted: str, python: str, told: bool) -> None:
    found = list(python_warnings([Declaration(wanted, Where("pyproject.toml", 3))], python))
    assert [one.where.line for one in found] == ([3] if told else [])
    assert all(repr(wanted) in one.text and python in one.text and one.hint for one in found)


def test_requires_python_of_a_project_is_read() -> None:
    text = '[project]\nname = "x"\nrequires-python = ">=3.12"\n'
    found = project_declared(MemorySource({"pyproject.toml": text}))
    assert found.pythons == (Declaration(">=3.12", Where("pyproject.toml", 3)),)
