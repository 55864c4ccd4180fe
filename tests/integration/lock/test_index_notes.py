"""A lock says which index of one's own a name is from, and no name moves to another index unasked."""

from __future__ import annotations

import pytest
from locking import Index, a_step, a_wheel, versions

from ops0_builder.lock.index_notes import IndexMoved


@pytest.fixture
def own(serve, settings) -> Index:
    made = serve(Index()).add(a_wheel("aa", "1.0"), a_wheel("aa", "1.1"))
    made.password = "hunter2"
    settings.setenv("UV_INDEX", made.url.replace("//", "//me:hunter2@"))
    return made


@pytest.fixture
def usual(serve, settings) -> Index:
    made = serve(Index()).add(a_wheel("bb"), a_wheel("cc"))
    settings.setenv("UV_DEFAULT_INDEX", made.url)
    return made


def notes(project) -> list[str]:
    text = (project.folder / "pylock.x.toml").read_text()
    return [line for line in text.splitlines() if line.startswith("index = ")]


def test_what_is_not_from_the_usual_index_is_noted_without_a_login(own, usual, project):
    lock = project.lock(a_step("x", "aa", "bb"))
    assert versions(lock, "x") == {"aa": "1.1", "bb": "1.0"}
    assert notes(project) == [f'index = "{own.url}"']
    assert "hunter2" not in project.text()
    text = project.text()
    assert project.lock(a_step("x", "aa", "bb"), upgrade="all") == lock
    assert project.text().partition("lock: ")[0] == text.partition("lock: ")[0]


@pytest.mark.parametrize("upgrade", ["none", "all", frozenset({"aa"})])
def test_a_name_is_not_taken_from_elsewhere(own, usual, project, settings, upgrade):
    """On a machine that knows nothing of the private index a stranger has the name on the public one."""
    project.lock(a_step("x", "aa"))
    before = notes(project)
    settings.delenv("UV_INDEX")
    usual.add(a_wheel("aa", "9.0"))
    with pytest.raises(IndexMoved, match=r"aa: it is locked from http.*the usual index") as caught:
        project.lock(a_step("x", "aa", "bb"), upgrade=upgrade)
    assert caught.value.exit_code == 27
    assert "[tool.uv.sources] aa" in caught.value.hint
    assert notes(project) == before


def test_a_mirror_that_has_the_same_file_is_as_good(own, usual, project, settings):
    first = project.lock(a_step("x", "aa"))
    settings.delenv("UV_INDEX")
    usual.add(a_wheel("aa", "1.1"))
    more = project.lock(a_step("x", "aa", "bb"))
    assert more.step("x").distributions[0] == first.step("x").distributions[0]
    assert notes(project) == [f'index = "{own.url}"']


def test_who_means_it_ties_the_name_or_removes_the_note(own, usual, serve, project, settings):
    project.lock(a_step("x", "aa"))
    settings.delenv("UV_INDEX")
    usual.add(a_wheel("aa", "9.0"))
    file = project.folder / "pylock.x.toml"
    text = file.read_text()
    file.write_text(text.replace(f'index = "{own.url}"\n', ""))
    assert versions(project.lock(a_step("x", "aa"), upgrade="all"), "x") == {"aa": "9.0"}
    file.write_text(text)
    other = serve(Index()).add(a_wheel("aa", "2.0"))
    (project.root / "pyproject.toml").write_text(
        '[tool.uv.sources]\naa = { index = "o" }\n'
        f'[[tool.uv.index]]\nname = "o"\nurl = "{other.url}"\nexplicit = true\n'
    )
    assert versions(project.lock(a_step("x", "aa"), upgrade="all"), "x") == {"aa": "2.0"}
    assert notes(project) == [f'index = "{other.url}"']
