"""What uv is told to take in the place of a range: it binds, and the range does not."""

from __future__ import annotations

from ops0.core.project_files import MemorySource
from ops0.core.requirements.files import ProjectDeclared, project_declared

PROJECT = """\
[project]
name = "flow"
dependencies = ["packaging[x]>=24; python_version > '3'", "attrs>=22"]
[tool.uv]
override-dependencies = ["Packaging==23.1", "other @ file:other", 3, "no requirement"]
"""
LOCK = """\
[[package]]
name = "packaging"
version = "23.1"
source = { registry = "https://x.example" }
"""


def declared(**files: str) -> ProjectDeclared:
    named = {name.replace("_", "."): text for name, text in files.items()}
    return project_declared(MemorySource(named))


def test_an_override_stands_in_the_place_of_each_range() -> None:
    """So a lock of uv that is up to date agrees with the project, though its version is none of the range."""
    found = declared(
        pyproject_toml=PROJECT, uv_lock=LOCK, requirements_txt="packaging<25\n-c limits.txt\n",
        limits_txt="packaging>=24\nclick<8\n",
    )  # fmt: skip
    assert [one.text for one in found.declarations] == [
        'packaging[x]; python_version > "3"',
        "attrs>=22",
        "packaging",
        "packaging==23.1",
    ]
    assert [(one.text, str(one.where)) for one in found.held] == [
        ("click<8", "limits.txt:2"),
        ("Packaging==23.1", "pyproject.toml:5"),
    ]


def test_an_override_asks_for_nothing() -> None:
    text = '[tool.uv]\noverride-dependencies = ["click<8"]\n'
    found = declared(pyproject_toml=text)
    assert found.declarations == ()
    assert [one.text for one in found.held] == ["click<8"]
