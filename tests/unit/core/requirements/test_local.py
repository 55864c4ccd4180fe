"""Folders and files among a project's requirements: how they are named, and what imports come from them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.facts import Facts, ImportFact
from ops0.core.locked import Target
from ops0.core.pipeline import Where
from ops0.core.requirements import places
from ops0.core.requirements.declarations import StepDeclared
from ops0.core.requirements.files import ProjectDeclared, project_declared
from ops0.core.requirements.local import LocalDistribution, stated_name
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.values import Context, Resolved
from ops0.host.local_places import LocalPlaces
from ops0.host.project import DiskSource
from ops0.host.tables import read_tables


def a_member(folder: Path, name: str, package: str, *, src: bool = True) -> Path:
    code = folder / ("src" if src else "") / package
    code.mkdir(parents=True)
    (code / "__init__.py").write_text("")
    (folder / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "1"\n')
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "flow").mkdir()
    a_member(tmp_path / "libs/acme", "Acme_Lib", "acme")
    return tmp_path / "flow"


def declared(root: Path, text: str, file: str = "requirements.txt") -> ProjectDeclared:
    (root / file).write_text(text)
    return project_declared(DiskSource(root), LocalPlaces(root))


def needs(root: Path, found: ProjectDeclared, module: str) -> Resolved:
    context = Context(
        target=Target(python="3.11"),
        tables=read_tables(),
        project=found.declarations,
        local=found.local,
        root=str(root),
    )
    fact = ImportFact(module=module, names=(), where=Where("flow.py", 1), text=f"import {module}")
    return resolve_needs("load", Facts(imports=(fact,)), StepDeclared(), context)


@pytest.mark.parametrize(
    ("line", "requirement"),
    [
        ("-e ../libs/acme", "acme-lib @ file:../libs/acme"),
        ("--editable=../libs/acme/", "acme-lib @ file:../libs/acme"),
        ("-e../libs/acme[fast] ; python_version > '3'", "acme-lib[fast] @ file:../libs/acme"),
        ("../libs/./acme", "acme-lib @ file:../libs/acme"),
        ("file:../libs/acme", "acme-lib @ file:../libs/acme"),
        ("file://${PROJECT_ROOT}/../libs/acme", "acme-lib @ file:../libs/acme"),
        ("acme-lib @ file:../libs/acme", "acme-lib @ file:../libs/acme"),
        ("acme-lib[fast] @ file://{top}/libs/acme", "acme-lib[fast] @ file:../libs/acme"),
        ("{top}/libs/acme", "acme-lib @ file:../libs/acme"),
    ],
)
def test_a_folder_is_named_from_the_root_and_provides_its_packages(
    root: Path, line: str, requirement: str
) -> None:
    found = declared(root, line.replace("{top}", str(root.parent)))
    assert found.warnings == ()
    assert found.local == (
        LocalDistribution(name="acme-lib", path="../libs/acme", provides=("acme",)),
    )
    (need,) = needs(root, found, "acme").needs
    assert (need.name, need.requirement, need.imports) == ("acme-lib", requirement, ("acme",))


def test_a_folder_that_no_step_uses_is_no_need(root: Path) -> None:
    found = declared(root, "-e ../libs/acme\nhttpx\n")
    assert [one.name for one in needs(root, found, "httpx").needs] == ["httpx"]


def test_a_wheel_provides_what_is_in_it(root: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("tools_of_acme/__init__.py", "")
    (root / "acme_tools-1.0-py3-none-any.whl").write_bytes(data.getvalue())
    found = declared(root, "./acme_tools-1.0-py3-none-any.whl")
    (need,) = needs(root, found, "tools_of_acme").needs
    assert need.requirement == "acme-tools @ file:acme_tools-1.0-py3-none-any.whl"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("-e ../libs/none", "../libs/none is not there, and is not used"),
        ("-e ../libs", "../libs has no name that can be read without running it"),
        ("../libs/acme/pyproject.toml/x.whl", "is not there"),
        ("-e .", "the project itself is not used"),
    ],
)
def test_a_place_without_a_distribution_is_told_and_not_used(
    root: Path, line: str, said: str
) -> None:
    found = declared(root, line)
    assert found.declarations == ()
    assert [said in warn.text for warn in found.warnings] == [True]
    assert found.warnings[0].hint


def test_a_folder_that_is_named_may_be_missing_here(root: Path) -> None:
    found = declared(root, "acme-tools @ file:../gone")
    assert found.local == (LocalDistribution(name="acme-tools", path="../gone"),)
    assert needs(root, found, "acme_tools").needs[0].requirement == "acme-tools @ file:../gone"


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        ("pyproject.toml", '[project]\nname = "A.b"', "a-b"),
        ("pyproject.toml", '[tool.poetry]\nname = "a_b"', "a-b"),
        ("pyproject.toml", '[tool.flit.metadata]\nmodule = "a_b"', "a-b"),
        ("setup.cfg", "[metadata]\nname = a_b\n", "a-b"),
        ("setup.py", 'import setuptools\nsetuptools.setup(name="a_b")', "a-b"),
        ("setup.py", "from setuptools import setup\nsetup(name=name)", None),
        ("setup.py", "setup(", None),
        ("pyproject.toml", "[project", None),
        ("setup.cfg", "no section", None),
        ("pyproject.toml", "project = 3", None),
    ],
)
def test_a_name_is_read_and_never_run(file: str, text: str, name: str | None) -> None:
    assert stated_name(lambda one: text.encode() if one == file else None) == name


@given(st.text())
def test_any_setup_file_gives_a_name_or_none(text: str) -> None:
    for file in ("pyproject.toml", "setup.cfg", "setup.py"):
        found = stated_name(
            lambda one, file=file: text.encode("utf-8", "replace") if one == file else None
        )
        assert found is None or isinstance(found, str)


SECRETS = [
    "a @ git+https://me:s3cret@x.example/a.git@main",
    "a @ git+https://s3cret@x.example/a.git",
    "a @ git+ssh://git:s3cret@x.example/a.git",
    "a @ https://me:s3cret@x.example/a.whl",
    "a @ git+https://me:s3@cret@x.example/a.git",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_login_goes_no_further_than_the_file_that_has_it(root: Path, text: str) -> None:
    """It would stand in the lock, in the plan and in kept analyses; git has helpers for it."""
    found = declared(root, text)
    assert "s3" not in repr(found)
    assert "s3" not in repr(places.shown(text))
    (need,) = needs(root, found, "a").needs
    assert "s3" not in repr(need)


def test_a_user_of_ssh_is_no_secret() -> None:
    text = "a @ git+ssh://git@x.example/a.git@v1"
    assert places.shown(text) == text


def a_monorepo(top: Path) -> Path:
    """A workspace of uv's with a flow and two libraries, one of which needs the other."""
    (top / "pyproject.toml").write_text(
        '[tool.uv.workspace]\nmembers = ["packages/*", "apps/*"]\nexclude = ["packages/old"]\n'
        "[tool.uv.sources]\nacme-base = { workspace = true }\n"
    )
    a_member(top / "packages/acme", "acme", "acme")
    a_member(top / "packages/base", "acme-base", "base", src=False)
    a_member(top / "packages/old", "acme-old", "old")
    flow = top / "apps/flow"
    flow.mkdir(parents=True)
    (flow / "pyproject.toml").write_text(
        '[project]\nname = "flow"\ndependencies = ["acme[fast]==1.0; python_version > \'3\'"]\n'
        "[tool.uv.sources]\nacme = { workspace = true }\n"
        "[tool.ops0]\n"
    )
    return flow


def read(root: Path) -> ProjectDeclared:
    return project_declared(DiskSource(root), LocalPlaces(root))


def test_members_of_a_workspace_stand_where_they_are(tmp_path: Path) -> None:
    flow = a_monorepo(tmp_path)
    found = read(flow)
    assert {one.name: (one.path, one.provides) for one in found.local} == {
        "acme": ("../../packages/acme", ("acme",)),
        "acme-base": ("../../packages/base", ("base",)),
    }
    (need,) = needs(flow, found, "acme").needs
    assert need.requirement == "acme[fast] @ file:../../packages/acme"
    (need,) = needs(flow, found, "base").needs
    assert need.requirement == "acme-base @ file:../../packages/base"


def test_the_lock_of_a_workspace_above_pins_and_places(tmp_path: Path) -> None:
    flow = a_monorepo(tmp_path)
    (tmp_path / "uv.lock").write_text(
        '[[package]]\nname = "idna"\nversion = "3.4"\nsource = { registry = "https://x.example" }\n'
        '[[package]]\nname = "acme-old"\nversion = "1"\nsource = { editable = "packages/old" }\n'
        '[[package]]\nname = "flow"\nversion = "1"\nsource = { virtual = "apps/flow" }\n'
    )
    told = {one.text: one.where.path for one in read(flow).declarations}
    assert told["idna==3.4"] == "../../uv.lock"
    assert told["acme-old @ file:../../packages/old"] == "../../uv.lock"
    assert not any(text.startswith("flow") for text in told)
    (need,) = needs(flow, read(flow), "old").needs
    assert need.requirement == "acme-old @ file:../../packages/old"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", ('[project]\ndependencies = ["acme-lib>=2"]\n'
         '[tool.uv.sources]\nacme-lib = { path = "../libs/acme", editable = true }')),
        ("pyproject.toml", ("[tool.uv.sources]\n"
         'Acme_Lib = [{ path = "../libs/acme", marker = "sys_platform == \'linux\'" }]')),
        ("pyproject.toml", ('[tool.poetry.dependencies]\npython = "^3.11"\n'
         'Acme-Lib = { path = "../libs/acme", develop = true }')),
        ("pyproject.toml", '[tool.poetry.group.dev.dependencies]\nacme-lib = { path = "../libs/acme" }'),
        ("uv.lock", '[[package]]\nname = "acme-lib"\nversion = "1"\nsource = { directory = "../libs/acme" }'),
        ("poetry.lock", ('[[package]]\nname = "acme-lib"\nversion = "1"\n'
         '[package.source]\ntype = "directory"\nurl = "../libs/acme"')),
        ("pdm.lock", '[[package]]\nname = "acme-lib"\nversion = "1"\npath = "../libs/acme"'),
        ("pylock.toml", '[[packages]]\nname = "acme-lib"\ndirectory = { path = "../libs/acme", editable = true }'),
    ],
)  # fmt: skip
def test_every_file_that_places_a_dependency_is_read(root: Path, file: str, text: str) -> None:
    (need,) = needs(root, declared(root, text, file), "acme").needs
    assert (need.name, need.requirement) == ("acme-lib", "acme-lib @ file:../libs/acme")


def test_a_member_that_is_named_from_another_folder_has_its_sources(tmp_path: Path) -> None:
    """The path leads up first, and the workspace did not know the folder again: an index was asked for its needs."""
    flow = a_monorepo(tmp_path)
    found = LocalPlaces(flow).sources("../../packages/acme")
    assert [(one.name, one.path) for one in found] == [("acme-base", "../../packages/base")]


@pytest.mark.parametrize(
    "text",
    [
        "[tool.uv.sources]\nacme = 3",
        "[tool.uv]\nsources = 3",
        "[tool.uv.sources]\nacme = { workspace = true }",
        '[tool.uv.workspace]\nmembers = ["/x", "", "**"]\n[tool.uv.sources]\nacme = { workspace = true }',
        '[tool.poetry.dependencies]\nacme = { path = 3 }\nx = "1"',
        "[tool.poetry]\ngroup = 3",
    ],
)
def test_what_says_no_place_is_passed_over(root: Path, text: str) -> None:
    found = declared(root, text, "pyproject.toml").declarations
    assert [one.text for one in found if " @ " in one.text] == []
