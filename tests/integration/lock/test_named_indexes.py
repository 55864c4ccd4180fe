"""A name that ``[tool.uv.sources]`` ties to one index comes from there, whatever another one has of that name."""

from __future__ import annotations

import shutil

import pytest
from locking import Index, a_step, a_wheel, versions

from ops0.core.errors import LockError, SettingsError


@pytest.fixture
def own(serve) -> Index:
    return serve(Index()).add(a_wheel("aa", "1.0+own"))


def tied(project, url: str, sources: str = 'aa = { index = "own" }') -> None:
    (project.root / "pyproject.toml").write_text(
        f'[project]\nname = "p"\nversion = "1"\n[tool.uv.sources]\n{sources}\n'
        f'[[tool.uv.index]]\nname = "own"\nurl = "{url}"\nexplicit = true\n'
    )


def of_aa(index: Index) -> list[str]:
    return [path for path in index.asked if "aa" in path]


def test_the_highest_version_elsewhere_does_not_count(index, own, project):
    index.add(a_wheel("aa", "9.0"), a_wheel("bb"))
    tied(project, own.url)
    lock = project.lock(a_step("x", "aa", "bb"))
    assert versions(lock, "x") == {"aa": "1.0+own", "bb": "1.0"}
    assert of_aa(index) == [], "a stranger's is not even looked at"
    assert [path for path in own.asked if "bb" in path] == [], "it is an index of one name"
    assert len(project.fill(lock)) == 2


def test_an_index_for_tied_names_alone_hides_none_of_pip_s(index, own, project, settings):
    """Else uv would look for all other names on its public default, past the mirror that pip is told of."""
    settings.delenv("UV_NO_CONFIG")
    index.add(a_wheel("bb"))
    tied(project, own.url)
    lock = project.lock(a_step("x", "aa", "bb"))
    assert versions(lock, "x") == {"aa": "1.0+own", "bb": "1.0"}
    assert any("bb" in path for path in index.asked)


def test_nor_where_only_another_one_needs_it(index, own, project):
    index.add(a_wheel("aa", "9.0"), a_wheel("bb", "1.0", "aa"), a_wheel("cc"))
    tied(project, own.url)
    lock = project.lock(a_step("x", "bb"), a_step("y", "cc"))
    assert versions(lock, "x") == {"aa": "1.0+own", "bb": "1.0"}
    assert versions(lock, "y") == {"cc": "1.0"}
    assert of_aa(index) == []


def test_what_its_index_lacks_is_missing(index, own, project):
    index.add(a_wheel("aa", "9.0"))
    tied(project, own.url)
    with pytest.raises(LockError, match="aa>=2"):
        project.lock(a_step("x", "aa>=2"))
    assert of_aa(index) == []


def test_a_login_in_its_address_reaches_it_and_nothing_else(index, own, project):
    own.password = "hunter2"
    index.add(a_wheel("bb"))
    tied(project, own.url.replace("//", "//me:hunter2@"))
    lock = project.lock(a_step("x", "aa", "bb"))
    assert versions(lock, "x") == {"aa": "1.0+own", "bb": "1.0"}
    assert len(project.fill(lock)) == 2
    assert "hunter2" not in project.text()


def test_a_script_s_own_block_ties_names_and_counts_before_the_project(index, own, serve, project):
    other = serve(Index()).add(a_wheel("aa", "5.0"))
    index.add(a_wheel("aa", "9.0"), a_wheel("bb", "2.0"), a_wheel("cc"))
    tied(project, other.url)
    lines = (
        '[tool.uv]\nconstraint-dependencies = ["bb<2"]',
        f'[[tool.uv.index]]\nname = "own"\nurl = "{own.url}"\nexplicit = true',
        '[tool.uv.sources]\naa = { index = "own" }',
    )
    block = "".join(f"# {line}\n" for one in lines for line in one.splitlines())
    (project.root / "flow.py").write_text(f"# /// script\n# dependencies = []\n{block}# ///\n")
    lock = project.lock(a_step("x", "aa", "cc"))
    assert versions(lock, "x") == {"aa": "1.0+own", "cc": "1.0"}
    assert (of_aa(index), of_aa(other)) == ([], [])
    assert len(project.fill(lock, entry="flow.py")) == 2
    with pytest.raises(LockError, match="bb"):
        project.lock(a_step("x", "bb"))


def test_a_source_for_another_platform_is_none_here(index, own, project):
    index.add(a_wheel("aa", "9.0"))
    tied(project, own.url, "aa = [{ index = 'own', marker = \"sys_platform == 'win32'\" }]")
    assert versions(project.lock(a_step("x", "aa")), "x") == {"aa": "9.0"}


def test_one_for_an_extra_alone_is_told(index, own, project):
    index.add(a_wheel("aa", "9.0"))
    tied(project, own.url, 'aa = [{ index = "own", extra = "gpu" }]')
    assert versions(project.lock(a_step("x", "aa")), "x") == {"aa": "9.0"}
    assert any("aa is taken from the usual indexes" in line for line in project.lines)


def test_a_member_of_a_workspace_has_its_roots(index, own, project):
    index.add(a_wheel("aa", "9.0"))
    tied(project, own.url)
    top = project.root / "pyproject.toml"
    top.write_text(top.read_text() + '[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    member = project.root / "packages/m"
    member.mkdir(parents=True)
    (member / "pyproject.toml").write_text('[project]\nname = "m"\nversion = "1"\n')
    project.root = member
    assert versions(project.lock(a_step("x", "aa")), "x") == {"aa": "1.0+own"}


def test_an_index_that_nothing_names_is_a_fault(index, project):
    (project.root / "pyproject.toml").write_text('[tool.uv.sources]\naa = { index = "own" }\n')
    with pytest.raises(SettingsError, match="aa is to come from the index 'own'") as told:
        project.lock(a_step("x", "aa"))
    assert told.value.hint is not None
    assert "[[tool.uv.index]]" in told.value.hint
    assert index.asked == []


POETRY = """
[tool.poetry.dependencies]
aa = { version = "*", source = "our index" }
[[tool.poetry.source]]
name = "our index"
url = "URL"
priority = "explicit"
"""
PIPFILE = """
[packages]
aa = { version = "*", index = "our" }
[[source]]
name = "our"
url = "URL"
"""


@pytest.mark.parametrize(("file", "text"), [("pyproject.toml", POETRY), ("Pipfile", PIPFILE)])
def test_poetry_and_pipenv_tie_names_too(index, own, project, file, text):
    index.add(a_wheel("aa", "9.0"))
    (project.root / file).write_text(text.replace("URL", own.url))
    lock = project.lock(a_step("x", "aa"))
    assert versions(lock, "x") == {"aa": "1.0+own"}
    assert of_aa(index) == []
    assert len(project.fill(lock)) == 1


def test_the_logins_of_both_are_used(index, own, project, settings):
    own.password = "hunter2"
    for file, text, url in (
        ("Pipfile", PIPFILE, own.url.replace("//", "//me:${OUR_PASSWORD}@")),
        ("pyproject.toml", POETRY, own.url),
    ):
        (project.root / file).write_text(text.replace("URL", url))
        settings.setenv("OUR_PASSWORD", "hunter2")
        settings.setenv("POETRY_HTTP_BASIC_OUR_INDEX_USERNAME", "me")
        settings.setenv("POETRY_HTTP_BASIC_OUR_INDEX_PASSWORD", "hunter2")
        assert versions(project.lock(a_step("x", "aa")), "x") == {"aa": "1.0+own"}
        (project.root / file).unlink()
        shutil.rmtree(project.folder)
    assert "hunter2" not in project.text()


def test_poetrys_name_of_the_public_index_ties_nothing(index, project):
    index.add(a_wheel("aa"))
    (project.root / "pyproject.toml").write_text(
        '[tool.poetry.dependencies]\naa = { version = "*", source = "PyPI" }\n'
    )
    assert versions(project.lock(a_step("x", "aa")), "x") == {"aa": "1.0"}


def test_what_stands_above_the_temporary_folder_has_no_say(
    index, own, project, serve, settings, tmp_path
):
    """uv looks for a workspace in the folders above, and /tmp is everybody's."""
    evil = serve(Index()).add(a_wheel("bb", "66.0"))
    index.add(a_wheel("bb", "1.0"))
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "pyproject.toml").write_text(
        '[tool.uv.workspace]\nmembers = ["*"]\n[tool.uv.sources]\nbb = { index = "evil" }\n'
        f'[[tool.uv.index]]\nname = "evil"\nurl = "{evil.url}"\n'
    )
    settings.setenv("TMPDIR", str(shared))
    settings.setattr("tempfile.tempdir", None)
    tied(project, own.url)
    lock = project.lock(a_step("x", "aa", "bb"))
    assert versions(lock, "x") == {"aa": "1.0+own", "bb": "1.0"}
    assert evil.asked == []
