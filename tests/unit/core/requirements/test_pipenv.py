"""What a Pipfile declares and its lock pins. The project in ``projects/pipenv`` was locked by pipenv."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.errors import ErrorGroup, Ops0Error
from ops0.core.pipeline import Where
from ops0.core.project_files import MemorySource
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.files import ProjectDeclared, project_declared
from ops0.core.toml_text import BadSetting, UnreadableSettings

PROJECT = Path(__file__).parent / "projects" / "pipenv"
LOCK = (PROJECT / "Pipfile.lock").read_text("utf-8")


def declared(**files: str) -> ProjectDeclared:
    return project_declared(MemorySource({name.replace("_", "."): files[name] for name in files}))


def test_a_project_of_pipenv_is_read_with_its_lock() -> None:
    found = declared(Pipfile=(PROJECT / "Pipfile").read_text("utf-8"), Pipfile_lock=LOCK)
    said = [(one.text, str(one.where)) for one in found.declarations]
    assert said[:6] == [
        ("six==1.16.0", "Pipfile:7"),
        ("idna>=3.4,<4", "Pipfile:8"),
        ("httpx[http2]~=0.27.0", "Pipfile:9"),
        ("colorama; (sys_platform == 'win32')", "Pipfile:10"),
        ("tomli; (python_version < '3.11')", "Pipfile:11"),
        ("certifi", "Pipfile:12"),
    ]
    lock = json.loads(LOCK)["default"]
    pinned = {text.partition("==")[0] for text, where in said if where.startswith("Pipfile.lock:")}
    assert pinned == {name for name, entry in lock.items() if entry["version"] != "*"} - {"six"}
    assert not pinned & {"iniconfig"}
    lines = LOCK.splitlines()
    assert all(
        f'"{one.text.partition("==")[0]}": {{' in lines[one.where.line - 1]
        for one in found.declarations
        if one.where.path == "Pipfile.lock"
    )
    hashes = {one.text: {f"sha256:{sha}" for sha in one.hashes} for one in found.held}
    assert hashes["idna==3.20"] == set(lock["idna"]["hashes"])
    assert hashes["six==1.16.0"] == set(lock["six"]["hashes"])  # also where the Pipfile pins
    assert found.pythons == (Declaration("==3.11.*", Where("Pipfile", 18)),)
    assert found.warnings == ()


def test_where_a_package_comes_from_is_said_as_pep_508_does() -> None:
    text = """\
[packages]
a = {git = "https://example.org/a.git", ref = "v1", extras = ["x"]}
b = {path = "libs/b"}
c = {file = "https://example.org/c-1.0-py3-none-any.whl"}
d = {path = ".", editable = true}
"""
    found = declared(Pipfile=text)
    assert [one.text for one in found.declarations] == [
        "a[x] @ git+https://example.org/a.git@v1",
        "b @ file:libs/b",
        "c @ https://example.org/c-1.0-py3-none-any.whl",
    ]
    assert [str(one.where) for one in found.warnings] == ["Pipfile:5"]


def test_what_a_lock_has_from_elsewhere_is_its_place_and_no_pin() -> None:
    """Passed over, its name would be asked of an index."""
    lock = {
        "default": {
            "a": {"git": "https://example.org/a", "ref": "0f" * 20, "version": "==1.0"},
            "b": {},
            "c": {"path": "libs/c", "editable": True},
            "d": {"file": "https://example.org/d-1.0-py3-none-any.whl"},
            "e": {"path": "."},
        }
    }
    assert [one.text for one in declared(Pipfile_lock=json.dumps(lock)).declarations] == [
        f"a @ git+https://example.org/a@{'0f' * 20}",
        "c @ file:libs/c",
        "d @ https://example.org/d-1.0-py3-none-any.whl",
    ]


def test_faults_of_several_files_come_together_with_their_places() -> None:
    with pytest.raises(ErrorGroup) as fault:
        declared(Pipfile="[packages]\na = 3\n", requirements_txt="x==\n")
    assert [str(one).partition(" ")[0] for one in fault.value.errors] == [
        "requirements.txt:1:",
        "Pipfile:2:",
    ]
    assert isinstance(fault.value.errors[1], BadSetting)


@pytest.mark.parametrize(
    "text", ["{", "[" * 100_000, '{"default": NaN', "\ud800".encode("utf-8", "replace").decode()]
)
def test_a_broken_lock_is_one_clear_error(text: str) -> None:
    with pytest.raises(UnreadableSettings) as fault:
        declared(Pipfile_lock=text)
    assert str(fault.value).startswith("Pipfile.lock: not a JSON file: ")


def test_a_number_without_end_is_no_version() -> None:
    lock = {"default": {"a": {"version": f"=={'9' * 5000}"}}}
    assert declared(Pipfile_lock=json.dumps(lock)) == ProjectDeclared()
    with pytest.raises(Ops0Error, match="1,000 digits"):
        declared(Pipfile=f"[packages]\na = '=={'9' * 5000}'\n")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("==1.0"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["default", "a", "version", "hashes", "git"]), inner, max_size=3
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_lock_is_pins_or_one_of_our_errors(document: object) -> None:
    found = declared(Pipfile_lock=json.dumps(document))
    assert all("==" in one.text for one in found.declarations)


@given(st.text(alphabet=st.sampled_from("[packages]\n a=\"'{}^~*,.1@;\x00é"), max_size=60))
def test_any_pipfile_is_declarations_or_one_of_our_errors(text: str) -> None:
    try:
        found: object = declared(Pipfile="[packages]\n" + text)
    except Ops0Error as fault:
        found = fault
    assert isinstance(found, ProjectDeclared) or str(found).startswith("Pipfile:")
