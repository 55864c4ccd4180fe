"""What ``[tool.poetry]`` declares. The project in ``projects/poetry`` was locked by poetry.

poetry-core is the judge of versions.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from poetry.core.constraints.version import Version, parse_constraint

from ops0.core.errors import Ops0Error
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource
from ops0.core.requirements.declared import applies
from ops0.core.requirements.files import ProjectDeclared, project_declared
from ops0.core.requirements.poetry_versions import UnreadVersion, pep440, python_marker

PROJECT = Path(__file__).parent / "projects" / "poetry"
PROBES = [
    f"{major}.{minor}.{micro}" for major in range(4) for minor in range(4) for micro in range(4)
]


def declared(text: str) -> ProjectDeclared:
    return project_declared(MemorySource({"pyproject.toml": text}))


def test_a_project_of_poetry_is_read_with_its_lock() -> None:
    files = {one.name: one.read_text("utf-8") for one in PROJECT.iterdir()}
    found = project_declared(MemorySource(files))
    said = [(one.text, str(one.where)) for one in found.declarations]
    assert said[:10] == [
        ("six>=1.15,<2.0", "pyproject.toml:10"),
        ("idna>=3.4,<3.5", "pyproject.toml:11"),
        ("httpx[http2]>=0.27,<0.28", "pyproject.toml:12"),
        ('tomli; (python_version < "3.11")', "pyproject.toml:13"),
        ("colorama; (sys_platform == 'win32')", "pyproject.toml:14"),
        ("click==8.*", "pyproject.toml:15"),
        ('packaging>=23.0,<24.0; (python_version < "3.11")', "pyproject.toml:16"),
        ('packaging>=24.0,<25.0; (python_version >= "3.11")', "pyproject.toml:16"),
        ("anyio>=4,<5", "pyproject.toml:22"),
        ("iniconfig", "pyproject.toml:25"),
    ]
    pins = [text for text, where in said if where.startswith("poetry.lock:")]
    # A source of the user's own: its `url` made each entry count as from elsewhere, and nothing was pinned.
    assert "idna==3.4" in pins
    # `8.*` leaves the version open: the lock's pin counts.
    assert "click==8.5.1" in pins
    assert 'packaging==24.2; (python_version >= "3.11")' in pins
    assert {len(one.hashes) > 0 for one in found.held} == {True}
    assert {one.text for one in found.held} >= {"packaging==23.2", "packaging==24.2", "six==1.17.0"}
    assert [one.text for one in found.pythons] == [">=3.10,<4.0"]
    assert found.warnings == ()


PARTS = st.builds(
    lambda operator, parts, pre: f"{operator}{'.'.join(map(str, parts))}{pre}",
    st.sampled_from(["", "^", "~", "=", "==", "!=", ">=", "<", "<=", ">"]),
    st.lists(st.integers(0, 3), min_size=1, max_size=3),
    st.sampled_from(["", "", "", ".*"]),
).filter(lambda text: not (text.endswith(".*") and text[0] in "^~<>"))


@given(st.lists(PARTS, min_size=1, max_size=2), st.sampled_from([",", ", "]))
def test_a_range_allows_what_poetry_allows(parts: list[str], comma: str) -> None:
    text = comma.join(parts)
    mine = SpecifierSet(pep440(text) or "")
    theirs = parse_constraint(text)
    for one in PROBES:
        assert mine.contains(one) == theirs.allows(Version.parse(one)), (text, str(mine), one)


@given(st.lists(PARTS, min_size=2, max_size=3))
def test_of_several_ranges_that_touch_poetrys_answer_is_given_or_none(parts: list[str]) -> None:
    text = " || ".join(parts)
    found = pep440(text)
    if found is not None:
        theirs = parse_constraint(text)
        for one in PROBES:
            assert SpecifierSet(found).contains(one) == theirs.allows(Version.parse(one)), text


@pytest.mark.parametrize("text", ["", " ", "^", "^x", "1 2 !", "~*", "^" + "9" * 5000, "latest"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(UnreadVersion):
        pep440(text)


@pytest.mark.parametrize(
    ("said", "yes", "no"),
    [
        ("^3.10", ["3.10", "3.13"], ["3.9"]),
        ("~3.11", ["3.11"], ["3.10", "3.12"]),
        (">=3.9,<3.12", ["3.9", "3.11"], ["3.8", "3.12"]),
        ("3.11.*", ["3.11"], ["3.12"]),
        ("3.*", ["3.8", "3.14"], []),
        ("!=3.12.*", ["3.11"], ["3.12"]),
        ("<3.10 || >=3.13", ["3.9", "3.13"], ["3.11"]),
        ("*", ["3.8"], []),
        ("<=3.10", ["3.10", "3.9"], ["3.11"]),
    ],
)
def test_a_range_of_pythons_is_a_marker(said: str, yes: list[str], no: list[str]) -> None:
    marker = python_marker(said)
    wanted = Requirement(f"a; {marker}" if marker else "a")
    for python in (*yes, *no):
        target = Target(python=python, platform="linux/amd64", glibc=(2, 36))
        assert applies(wanted, target) is (python in yes), (marker, python)


def test_places_and_platforms_and_gaps() -> None:
    found = declared("""\
[tool.poetry.dependencies]
a = {git = "https://example.org/a.git", branch = "main", subdirectory = "x"}
b = {path = "../b", develop = true}
c = {url = "https://example.org/c-1.0-py3-none-any.whl", python = "^3.11"}
d = {version = "^1", platform = "linux|darwin"}
e = "^1.0 || ^3.0"
[tool.poetry.dependencies.f]
version = "2.0"
""")
    assert [(one.text, one.where.line) for one in found.declarations] == [
        ("a @ git+https://example.org/a.git@refs/heads/main#subdirectory=x", 2),
        (
            'c @ https://example.org/c-1.0-py3-none-any.whl ; (python_version >= "3.11" and python_version < "4.0")',
            4,
        ),
        ('d>=1,<2; (sys_platform == "linux" or sys_platform == "darwin")', 5),
        ("e", 6),
        ("f==2.0", 7),
    ]
    assert [one.where.line for one in found.warnings] == [3, 6]


@pytest.mark.parametrize("said", ["3", "'^x'", "[3]", "{version = 'x y'}", "{python = '^'}"])
def test_what_cannot_be_read_is_an_error_with_its_place(said: str) -> None:
    with pytest.raises(Ops0Error) as fault:
        declared(f"[tool.poetry.dependencies]\na = {said}\n")
    assert str(fault.value).startswith("pyproject.toml:2: ")


VALUES = st.recursive(
    st.sampled_from(['"^1.2"', '"*"', '"x y"', "3", "true", '"' + "1" * 300 + '"', '"\\u0000"']),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda found: f"[{', '.join(found)}]")
        | st.dictionaries(
            st.sampled_from(
                ["version", "python", "markers", "extras", "git", "path", "develop", "platform"]
            ),
            inner,
            max_size=3,
        ).map(
            lambda found: "{" + ", ".join(f"{key} = {value}" for key, value in found.items()) + "}"
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["a", "python", '"b c"', "group"]), VALUES, max_size=3))
def test_any_table_is_declarations_or_one_of_our_errors(table: dict[str, str]) -> None:
    text = "".join(f"{name} = {value}\n" for name, value in table.items())
    try:
        found: object = declared(f"[tool.poetry.dependencies]\n{text}")
    except Ops0Error as fault:
        found = fault
    assert isinstance(found, ProjectDeclared) or "pyproject.toml:" in str(found)
