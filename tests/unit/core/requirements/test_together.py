"""What is asked of one distribution in several places: what agrees, what excludes, and what a stale lock has."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0.core.errors import Ops0Error
from ops0.core.facts import Facts, ImportFact
from ops0.core.locked import Target
from ops0.core.pipeline import Where
from ops0.core.requirements.declarations import Declaration, StepDeclared
from ops0.core.requirements.errors import ConflictingRequirements
from ops0.core.requirements.files import ProjectDeclared, project_declared
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.values import Context
from ops0.host.local_places import LocalPlaces
from ops0.host.project import DiskSource
from ops0.host.tables import read_tables
from ops0_builder.lock.constraints import addresses_on

ACME = "git+https://x.example/team/acme"
TARGET = Target(python="3.11")


def declared(root: Path, files: dict[str, str]) -> ProjectDeclared:
    for name, text in files.items():
        (root / name).write_text(text)
    return project_declared(DiskSource(root), LocalPlaces(root))


def needed(found: ProjectDeclared, module: str = "acme", *requires: str) -> str:
    """What one step that imports the module needs."""
    context = Context(target=TARGET, tables=read_tables(), project=found.declarations)
    fact = ImportFact(module=module, names=(), where=Where("flow.py", 9), text=f"import {module}")
    declared = tuple(Declaration(one, Where("flow.py", 3)) for one in requires)
    (need,) = resolve_needs(
        "s", Facts(imports=(fact,)), StepDeclared(requires=declared), context
    ).needs
    return need.requirement


def for_pip_and_uv(ref: str, source: str) -> dict[str, str]:
    return {
        "pyproject.toml": f'[project]\nname = "flow"\ndependencies = ["acme @ {ACME}{ref}"]\n'
        f"[tool.uv.sources]\nacme = {{ {source} }}\n"
    }


@pytest.mark.parametrize(
    ("ref", "source", "kept"),
    [
        ("@v1", 'tag = "v1"', "@refs/tags/v1"),
        ("@main", 'branch = "main"', "@refs/heads/main"),
        (".git@v1", 'rev = "v1"', "@v1"),
        ("@refs/tags/v1", 'rev = "v1"', "@refs/tags/v1"),
        ("#subdirectory=a", 'subdirectory = "a"', "#subdirectory=a"),
    ],
)
def test_one_repository_in_two_ways_is_one(
    tmp_path: Path, ref: str, source: str, kept: str
) -> None:
    """For pip and for uv: a table says which of branch and tag is meant, an address does not."""
    files = for_pip_and_uv(ref, f'git = "https://x.example/team/acme", {source}')
    found = declared(tmp_path, files)
    assert needed(found) == f"acme @ {ACME}{kept}"
    assert addresses_on(found.constraints, TARGET, "") == {"acme": f"{ACME}{kept}"}


@pytest.mark.parametrize(
    ("ref", "source"),
    [
        ("@v1", 'tag = "v2"'),
        ("@refs/heads/v1", 'tag = "v1"'),
        ("", 'tag = "v1"'),
        ("@v1", 'tag = "v1", subdirectory = "a"'),
    ],
)
def test_two_places_of_a_repository_exclude_each_other(
    tmp_path: Path, ref: str, source: str
) -> None:
    with pytest.raises(Ops0Error, match="exclude each other"):
        needed(
            declared(
                tmp_path, for_pip_and_uv(ref, f'git = "https://x.example/team/acme", {source}')
            )
        )


def test_a_step_may_say_the_repository_of_the_project(tmp_path: Path) -> None:
    files = {"requirements.txt": f"acme @ {ACME}@v1\n"}
    assert needed(declared(tmp_path, files), "acme", f"acme @ {ACME}@refs/tags/v1").endswith(
        "@refs/tags/v1"
    )


@pytest.mark.parametrize(
    ("said", "agrees"), [("@v1", True), ("@refs/tags/v1", True), ("@v2", False), ("", False)]
)
def test_a_step_s_tag_is_the_commit_of_the_project_s_lock(
    tmp_path: Path, said: str, agrees: bool
) -> None:
    commit = "0f" * 20
    lock = (
        '[[package]]\nname = "acme"\nversion = "1"\n'
        f'source = {{ git = "https://x.example/team/acme?tag=v1#{commit}" }}\n'
    )
    found = declared(tmp_path, {"requirements.txt": f"acme @ {ACME}@v1\n", "uv.lock": lock})
    if agrees:
        assert needed(found, "acme", f"acme @ {ACME}{said}") == f"acme @ {ACME}@{commit}"
        return
    with pytest.raises(Ops0Error, match="exclude each other"):
        needed(found, "acme", f"acme @ {ACME}{said}")


LOCK = '[[package]]\nname = "packaging"\nversion = "23.1"\nsource = { registry = "https://x.example" }\n'


@pytest.mark.parametrize(
    ("wanted", "need"),
    [
        ("packaging>=24", "packaging>=24"),
        ("packaging>=23", "packaging==23.1,>=23"),
        ("packaging==24", "packaging==24"),
    ],
)
def test_a_lock_that_is_not_made_anew_stops_no_plan(tmp_path: Path, wanted: str, need: str) -> None:
    """It binds what ops0 locks, where it is named: processes take what is installed."""
    project = f'[project]\nname = "flow"\ndependencies = ["{wanted}"]\n'
    locked = {"uv.lock": LOCK}
    assert needed(declared(tmp_path, locked), "packaging", wanted) == need
    assert needed(declared(tmp_path, {**locked, "pyproject.toml": project}), "packaging") == need


def test_a_lock_s_place_and_a_version_of_an_index_exclude_each_other(tmp_path: Path) -> None:
    lock = LOCK.replace("registry", "git").replace("x.example", "x.example/a.git#0f")
    with pytest.raises(ConflictingRequirements) as fault:
        needed(declared(tmp_path, {"uv.lock": lock}), "packaging", "packaging==24")
    assert "uv.lock" in str(fault.value.hint)
