"""Repositories of git among a project's requirements: read wherever they may stand, and never passed over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from declaring import declared, texts
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from ops0.core.facts import Facts, ImportFact
from ops0.core.locked import Target
from ops0.core.pipeline import Where
from ops0.core.project_files import MemorySource
from ops0.core.requirements import places
from ops0.core.requirements.declarations import StepDeclared
from ops0.core.requirements.errors import UnknownImport
from ops0.core.requirements.files import ProjectDeclared
from ops0.core.requirements.notebooks import notebook_declared
from ops0.core.requirements.repositories import BadRepository, Repository, read_repository
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.script import script_declared
from ops0.core.requirements.values import Context, Resolved
from ops0.host.tables import read_tables

ACME = "https://x.example/team/acme.git"
COMMIT = "0f" * 20


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (f'{{ git = "{ACME}" }}', f"acme @ git+{ACME}"),
        (f'{{ git = "{ACME}", tag = "v1" }}', f"acme @ git+{ACME}@refs/tags/v1"),
        (f'{{ git = "{ACME}", branch = "a/b" }}', f"acme @ git+{ACME}@refs/heads/a/b"),
        (f'{{ git = "{ACME}", rev = "a/b" }}', f"acme @ git+{ACME}@a/b"),
        (f'{{ git = "{ACME}", branch = "refs/heads/x" }}', f"acme @ git+{ACME}@refs/heads/x"),
        (f'{{ git = "{ACME}", rev = "{COMMIT}" }}', f"acme @ git+{ACME}@{COMMIT}"),
        (f'{{ git = "{ACME}", subdirectory = "p/a" }}', f"acme @ git+{ACME}#subdirectory=p/a"),
        (f'{{ git = "{ACME}", tag = "acme@1" }}', f"acme @ git+{ACME}@refs/tags/acme%401"),
        (
            f"""[{{ git = "{ACME}", marker = "sys_platform == 'linux'" }}]""",
            f"acme @ git+{ACME} ; sys_platform == 'linux'",
        ),
        ('{ git = "ssh://git@x.example/a.git" }', "acme @ git+ssh://git@x.example/a.git"),
        ('{ url = "https://x.example/a.whl" }', "acme @ https://x.example/a.whl"),
    ],
)
def test_sources_of_uv_are_read_without_a_lock(tmp_path: Path, source: str, text: str) -> None:
    """Passed over, the name was asked of an index: whoever has it there was installed."""
    project = f'[project]\nname = "flow"\ndependencies = ["acme[x]>=2"]\n[tool.uv.sources]\nAcme = {source}\n'
    found = declared(tmp_path, pyproject_toml=project)
    assert text in texts(found)
    assert not any(">=" in one for one in texts(found))
    context = Context(
        target=Target(python="3.11"),
        tables=read_tables(),
        project=found.declarations,
        root=str(tmp_path),
    )
    fact = ImportFact(module="acme", names=(), where=Where("flow.py", 1), text="import acme")
    (need,) = resolve_needs("load", Facts(imports=(fact,)), StepDeclared(), context).needs
    assert need.requirement == f"acme[x] @ {text.partition(' @ ')[2].partition(' ;')[0]}"


def needing(module: str, found: ProjectDeclared) -> Resolved:
    context = Context(
        target=Target(python="3.11"), tables=read_tables(), project=found.declarations
    )
    fact = ImportFact(module=module, names=(), where=Where("flow.py", 1), text=f"import {module}")
    return resolve_needs("load", Facts(imports=(fact,)), StepDeclared(), context)


def test_an_unknown_import_may_come_from_a_repository_of_a_name_like_it(tmp_path: Path) -> None:
    """Nothing says what a repository provides before it is built; the build proves it."""
    text = f"zork-lib @ git+{ACME}\nquux-thing==1\n"
    found = declared(tmp_path, requirements_txt=text)
    resolved = needing("zork", found)
    assert [one.requirement for one in resolved.needs] == [f"zork-lib @ git+{ACME}"]
    assert "is taken to come from zork-lib" in resolved.warnings[0].text
    for module in ("nothing_like_it", "quux"):
        with pytest.raises(UnknownImport):
            needing(module, found)


def test_sources_of_a_script_are_its_own(tmp_path: Path) -> None:
    text = (
        '# /// script\n# dependencies = ["acme", "beside"]\n# [tool.uv.sources]\n'
        f'# acme = {{ git = "{ACME}" }}\n# beside = {{ path = "../libs/beside" }}\n# ///\n'
    )
    found = script_declared(MemorySource({"jobs/flow.py": text}), "jobs/flow.py")
    assert f"acme @ git+{ACME}" in texts(found)
    assert "beside @ file:libs/beside" in texts(found)


LOCKS = {
    "uv_lock": (
        '[[package]]\nname = "acme"\nversion = "1"\n'
        f'source = {{ git = "{ACME}?branch=main#{COMMIT}" }}\n'
    ),
    "poetry_lock": (
        '[[package]]\nname = "acme"\nversion = "1"\n[package.source]\ntype = "git"\n'
        f'url = "{ACME}"\nreference = "main"\nresolved_reference = "{COMMIT}"\n'
    ),
    "pdm_lock": (
        f'[[package]]\nname = "acme"\nversion = "1"\ngit = "{ACME}"\nref = "main"\nrevision = "{COMMIT}"\n'
    ),
    "pylock_toml": (
        '[[packages]]\nname = "acme"\n'
        f'vcs = {{ type = "git", url = "{ACME}", requested-revision = "main", commit-id = "{COMMIT}" }}\n'
    ),
}


def project_with(ref: str, url: str = ACME) -> str:
    return f'[tool.uv.sources]\nacme = {{ git = "{url}"{ref} }}\n'


@pytest.mark.parametrize("lock", LOCKS)
def test_the_commit_of_a_lock_is_the_project_s_word(tmp_path: Path, lock: str) -> None:

    found = declared(
        tmp_path, pyproject_toml=project_with(', branch = "main"'), **{lock: LOCKS[lock]}
    )
    assert texts(found) == [f"acme @ git+{ACME}@{COMMIT}"]
    assert found.declarations[0].where.path == "pyproject.toml"


@pytest.mark.parametrize(
    ("ref", "url", "ending"),
    [
        (', branch = "main"', "https://X.example/team/acme", f"team/acme@{COMMIT}"),
        (', branch = "other"', ACME, "acme.git@refs/heads/other"),
        (', tag = "main"', ACME, "acme.git@refs/tags/main"),
        ("", ACME, "acme.git"),
        (f', rev = "{"1" * 40}"', ACME, f"acme.git@{'1' * 40}"),
        (', branch = "main"', "https://y.example/acme.git", "acme.git@refs/heads/main"),
        (', branch = "main", subdirectory = "p"', ACME, "acme.git@refs/heads/main#subdirectory=p"),
    ],
)
def test_a_lock_of_another_place_or_branch_says_nothing(
    tmp_path: Path, ref: str, url: str, ending: str
) -> None:
    project = project_with(ref, url)
    (text,) = texts(declared(tmp_path, pyproject_toml=project, uv_lock=LOCKS["uv_lock"]))
    assert text.endswith(ending)


def test_a_lock_of_uv_writes_slashes_by_their_numbers(tmp_path: Path) -> None:
    source = f"{ACME}?subdirectory=packages%2Facme&branch=feature%2Fx#{COMMIT}"
    lock = f'[[package]]\nname = "acme"\nversion = "1"\nsource = {{ git = "{source}" }}\n'
    project = project_with(', branch = "feature/x", subdirectory = "packages/acme"')
    found = declared(tmp_path, pyproject_toml=project, uv_lock=lock)
    assert texts(found) == [f"acme @ git+{ACME}@{COMMIT}#subdirectory=packages/acme"]


def test_poetry_s_short_addresses(tmp_path: Path) -> None:
    text = (
        '[tool.poetry.dependencies]\na = { git = "git@x.example:team/a.git", tag = "v1" }\n'
        'b = { git = "../b.git" }\n'
    )
    assert texts(declared(tmp_path, pyproject_toml=text)) == [
        "a @ git+ssh://git@x.example/team/a.git@refs/tags/v1",
        "b @ git+file:../b.git",
    ]


def test_a_repository_without_a_name_is_called_as_it_is(tmp_path: Path) -> None:
    """Of `pip install git+https://…/CLIP.git` an index has a stranger's `clip`."""
    found = declared(tmp_path, requirements_txt="git+https://x.example/openai/CLIP.git@main\n")
    assert texts(found) == ["CLIP @ git+https://x.example/openai/CLIP.git@main"]
    (warning,) = found.warnings
    assert "taken to be CLIP's" in warning.text
    cell = {"cell_type": "code", "source": "!pip install git+https://u:s3@x.example/a.git"}
    book = json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
    of_notebook = notebook_declared(MemorySource({"n.ipynb": book}), "n.ipynb")
    assert [one.text for one in of_notebook.notebook] == ["a @ git+https://x.example/a.git"]
    assert "s3" not in repr(of_notebook)


def test_a_login_in_an_address_is_told(tmp_path: Path) -> None:
    line = "a @ git+https://${TOKEN}@x.example/a.git"
    found = declared(tmp_path, requirements_txt=line)
    assert texts(found) == ["a @ git+https://x.example/a.git"]
    assert [one.text for one in found.warnings] == ["the login in the address is not used"]
    user = declared(tmp_path, requirements_txt="a @ git+ssh://git@x.example/a.git")
    assert user.warnings == ()


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("git+https://x.example/a.git", Repository(url="https://x.example/a.git")),
        ("git+https://x.example/a@v1", Repository(url="https://x.example/a", ref="v1")),
        ("git+ssh://git@x.example:22/a", Repository(url="ssh://git@x.example:22/a")),
        (
            "git+git@x.example:t/a.git@v1",
            Repository(url="ssh://git@x.example/t/a.git", ref="v1"),
        ),
        (
            "git+https://[::1]:80/a@a%40b#egg=a&subdirectory=p%20q/./r",
            None,
        ),
        (
            "git+https://[::1]:80/a@a%40b#egg=a&subdirectory=p/./r",
            Repository(url="https://[::1]:80/a", ref="a@b", inside="p/r"),
        ),
        ("git+file:///srv/a.git@x", Repository(url="file:///srv/a.git", ref="x")),
        (f"git+https://x/a@{'AB' * 20}", Repository(url="https://x/a", ref="ab" * 20)),
        ("git+ext::sh -c x", None),
        ("git+ext::sh", None),
        ("git+ext://sh/x", None),
        ("git+https://x/a@-u", None),
        ("git+https://x/a@a b", None),
        ("git+https://x/a@a..b", None),
        ("git+https://x/a@%2D%2Dupload-pack=x", None),
        ("git+https://-x/a", None),
        ("git+ssh://-oProxyCommand=x/a", None),
        ("git+ssh://git@-oProxyCommand=x/a", None),
        ("git+https://x/a#subdirectory=../b", None),
        ("git+https://x/a#subdirectory=%2e%2e/b", None),
        ("git+https://x/a?token=s3cret", None),
        ("git+https://x", None),
        ("git+file://host/a", None),
        ("git+a", None),
        ("git+", None),
    ],
)
def test_what_an_address_names(address: str, place: Repository | None) -> None:
    if place is None:
        with pytest.raises(BadRepository) as fault:
            read_repository(address)
        assert fault.value.hint
        assert "s3cret" not in f"{fault.value.fact} {fault.value.hint}"
        return
    assert read_repository(address) == place
    assert read_repository(place.address) == place


@given(st.text(alphabet="abgit+:/@#%.-=?&\\ \n0fsubdirectory", max_size=60))
def test_any_address_is_one_form_or_refused(text: str) -> None:
    try:
        place = read_repository(f"git+{text}")
    except BadRepository:
        return
    assert not place.url.startswith("-")
    assert not place.ref.startswith("-")
    assert not any(part == ".." for part in place.inside.split("/"))
    assert read_repository(place.address) == place


def test_a_repository_of_this_machine_is_told_from_the_root() -> None:
    wanted = Requirement("a @ git+file:///home/me/libs/a.git@v1#egg=a")
    places.settle(wanted, "/home/me/flow")
    assert wanted.url == "git+file:../libs/a.git@v1"
    places.settle(wanted, "/home/me/flow")
    assert wanted.url == "git+file:../libs/a.git@v1"
