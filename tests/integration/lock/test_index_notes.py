"""A lock says which index of one's own a name is from, and no name moves from there to another index unasked."""

from __future__ import annotations

import functools
import threading
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from locking import TARGET, Index, a_step, a_wheel, versions

from ops0.core.errors import SettingsError
from ops0_builder.lock.errors import FetchFailed, HashMismatch, LockDamaged, RequirementUnfit
from ops0_builder.lock.index_notes import IndexMoved, check_moved

ARM = replace(TARGET, platform="linux/arm64")


@pytest.fixture
def own(serve, settings) -> Index:
    made = serve(Index()).add(a_wheel("aa", "1.0"), a_wheel("aa", "1.1"))
    made.password = "hunter2"
    settings.setenv("UV_INDEX", logged_in(made))
    return made


@pytest.fixture
def usual(serve, settings) -> Index:
    made = serve(Index()).add(a_wheel("bb"), a_wheel("cc"))
    settings.setenv("UV_DEFAULT_INDEX", made.url)
    return made


def logged_in(index: Index) -> str:
    return index.url.replace("//", "//me:hunter2@")


def notes(project, file: str = "pylock.x.toml") -> list[str]:
    lines = (project.folder / file).read_text().splitlines()
    return [line.partition("index = ")[2].strip(' "}') for line in lines if "index = " in line]


def host(index: Index) -> str:
    return f"http://127.0.0.1:{index.port}"


def strangers(usual, settings) -> None:
    """Go to a machine that knows nothing of the private index; a stranger has its names on the public one."""
    settings.delenv("UV_INDEX")
    usual.add(a_wheel("aa", "9.0"))


def test_what_is_not_from_the_usual_index_is_noted_without_a_login(own, usual, project):
    lock = project.lock(a_step("x", "aa", "bb"))
    assert versions(lock, "x") == {"aa": "1.1", "bb": "1.0"}
    assert notes(project) == [host(own)]
    assert "hunter2" not in project.text()
    text = project.text()
    assert project.lock(a_step("x", "aa", "bb"), upgrade="all") == lock
    assert project.text().partition("lock: ")[0] == text.partition("lock: ")[0]


@pytest.mark.parametrize("upgrade", ["none", "all", frozenset({"aa"})])
def test_a_name_is_not_taken_from_elsewhere(own, usual, project, settings, upgrade):
    project.lock(a_step("x", "aa"))
    before = notes(project)
    strangers(usual, settings)
    with pytest.raises(IndexMoved, match=r"aa 9.0: locked from http.*the usual index") as caught:
        project.lock(a_step("x", "aa", "bb"), upgrade=upgrade)
    assert caught.value.exit_code == 27
    assert "[tool.uv.sources] aa" in caught.value.hint
    assert notes(project) == before


@pytest.mark.parametrize(
    "spelling",
    [
        "http://LocalHost:{}/simple",
        "http://localhost:0{}/simple/",
        "http://localhost:{}/x/../simple",
    ],
)
def test_an_index_is_the_same_however_it_is_spelled(own, usual, project, settings, spelling):
    own.password = None
    settings.setenv("UV_INDEX", spelling.format(own.port))
    project.lock(a_step("x", "aa"))
    assert notes(project) == [f"http://localhost:{own.port}"]
    own.add(a_wheel("aa", "1.2"))
    settings.setenv("UV_INDEX", f"http://localhost:{own.port}/simple")
    assert versions(project.lock(a_step("x", "aa"), upgrade="all"), "x") == {"aa": "1.2"}
    strangers(usual, settings)
    with pytest.raises(IndexMoved):
        project.lock(a_step("x", "aa"), upgrade="all")


def test_the_usual_index_is_the_same_however_it_is_spelled(own, usual, project, settings):
    settings.setenv(
        "UV_DEFAULT_INDEX", usual.url.replace("//", "//me:pw@").replace("simple", "x/../simple/")
    )
    project.lock(a_step("x", "aa", "bb"))
    assert notes(project) == [host(own)]


def test_pips_extra_index_is_noted(own, usual, project, settings):
    settings.delenv("UV_INDEX")
    settings.delenv("UV_DEFAULT_INDEX")
    settings.setenv("PIP_INDEX_URL", usual.url)
    settings.setenv("PIP_EXTRA_INDEX_URL", logged_in(own))
    project.lock(a_step("x", "aa", "bb"))
    assert notes(project) == [host(own)]
    settings.delenv("PIP_EXTRA_INDEX_URL")
    usual.add(a_wheel("aa", "9.0"))
    with pytest.raises(IndexMoved):
        project.lock(a_step("x", "aa"), upgrade="all")


def test_a_token_in_the_path_is_no_part_of_a_note_and_may_be_another_one(
    own, usual, project, settings
):
    own.password = None
    for token, version in (("SECRET1", "1.1"), ("SECRET2", "1.2")):
        own.root = f"/{token}/team/simple"
        own.add(a_wheel("aa", version))
        settings.setenv("UV_INDEX", own.url)
        lock = project.lock(a_step("x", "aa"), upgrade="all")
        assert versions(lock, "x") == {"aa": version}
    strangers(usual, settings)
    with pytest.raises(IndexMoved) as caught:
        project.lock(a_step("x", "aa"), upgrade="all")
    assert "SECRET" not in f"{project.text()} {caught.value} {caught.value.hint}"


@pytest.mark.parametrize("page", [True, False])
def test_wheels_of_a_folder_or_page_of_links_are_noted(usual, project, settings, tmp_path, page):
    name, data = a_wheel("dd", "1.0")
    folder = tmp_path / "links"
    folder.mkdir()
    (folder / name).write_bytes(data)
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"http://127.0.0.1:{server.server_address[1]}"
    settings.setenv("UV_FIND_LINKS", f"{place}/" if page else str(folder))
    project.lock(a_step("x", "dd", "bb"))
    assert notes(project) == [place if page else "local"]
    assert str(tmp_path) not in "".join(one.read_text() for one in project.folder.iterdir())
    settings.delenv("UV_FIND_LINKS")
    usual.add(a_wheel("dd", "9.0"))
    with pytest.raises(IndexMoved, match=place if page else "a folder of wheels"):
        project.lock(a_step("x", "dd"), upgrade="all")
    server.shutdown()
    server.server_close()


def test_without_any_index_the_folder_of_wheels_is_the_usual_place(project, settings, tmp_path):
    name, data = a_wheel("dd", "1.0")
    (tmp_path / name).write_bytes(data)
    settings.setenv("PIP_NO_INDEX", "1")
    settings.setenv("PIP_FIND_LINKS", str(tmp_path))
    project.lock(a_step("x", "dd"))
    assert notes(project) == []


def test_a_lock_for_another_platform_takes_its_names_from_the_same_index(
    own, usual, project, settings
):
    step = a_step("x", "aa")
    project.lock(step)
    settings.delenv("UV_INDEX")
    usual.add(a_wheel("aa", "1.1", body="x = 1"))
    with pytest.raises(IndexMoved):
        project.lock(step, targets={"x": ARM})


def test_another_pipeline_of_the_folder_takes_its_names_from_the_same_index(
    own, usual, project, settings
):
    project.lock(a_step("x", "aa"))
    strangers(usual, settings)
    with pytest.raises(IndexMoved):
        project.lock_other(a_step("y", "aa"))
    assert not (project.folder / "pylock.y.toml").exists()


def test_other_bytes_of_a_file_are_refused_for_another_platform_too(usual, project, settings):
    step = a_step("x", "bb")
    project.lock(step)
    usual.add(a_wheel("bb", "1.0", body="x = 1"))
    settings.setenv("UV_NO_CACHE", "1")
    with pytest.raises(HashMismatch):
        project.lock(step, targets={"x": ARM})


def test_a_mirror_that_has_the_same_file_is_as_good(own, usual, project, settings):
    first = project.lock(a_step("x", "aa"))
    settings.delenv("UV_INDEX")
    usual.add(a_wheel("aa", "1.1"))
    more = project.lock(a_step("x", "aa", "bb"))
    assert more.step("x").distributions[0] == first.step("x").distributions[0]
    assert notes(project) == [host(own)]


def test_a_file_that_stays_gets_the_note_that_it_lacked(own, usual, project, settings):
    own.password = None
    settings.setenv("UV_DEFAULT_INDEX", own.url)
    settings.delenv("UV_INDEX")
    project.lock(a_step("x", "aa"))
    assert notes(project) == []
    settings.setenv("UV_INDEX", own.url)
    settings.setenv("UV_DEFAULT_INDEX", usual.url)
    project.lock(a_step("x", "aa", "bb"))
    assert notes(project) == [host(own)]


def test_a_lock_that_a_merge_stopped_in_keeps_its_notes(own, usual, project, settings):
    project.lock(a_step("x", "aa"))
    file = project.folder / "pylock.x.toml"
    ours = file.read_text()
    file.write_text(ours.replace("[[packages]]", "<<<<<<< HEAD\n[[packages]]\n=======\n>>>>>>> b"))
    strangers(usual, settings)
    with pytest.raises(LockDamaged):
        project.lock(a_step("x", "aa"))
    with pytest.raises(IndexMoved):
        project.lock(a_step("x", "aa"), upgrade="all")


def test_one_error_tells_all_that_would_move(own, usual, project, settings):
    own.add(a_wheel("bb", "1.5"), a_wheel("cc", "1.5"))
    steps = a_step("x", "aa", "bb"), a_step("y", "aa", "cc", group="other")
    project.lock(*steps)
    strangers(usual, settings)
    with pytest.raises(IndexMoved) as caught:
        project.lock(*steps, upgrade="all")
    assert caught.value.moved == ("aa 9.0", "bb 1.0", "cc 1.0")
    assert caught.value.hint.endswith(f"ops0 lock --moved-from {host(own)}")
    moved = project.lock(*steps, moved=frozenset({own.url}))
    assert versions(moved, "y") == {"aa": "9.0", "cc": "1.0"}
    assert notes(project) == notes(project, "pylock.y.toml") == []


def test_an_index_that_nothing_is_locked_from_cannot_be_left(own, usual, project):
    project.lock(a_step("x", "aa", "bb"))
    check_moved(project.folder, [own.url, host(own)])
    with pytest.raises(RequirementUnfit, match="nothing is locked from there"):
        check_moved(project.folder, ["https://127.0.0.2"])


def test_names_move_on_one_platform_after_the_other(own, usual, project, settings):
    """The second one may have none of them, and by then no lock has."""
    project.lock(a_step("x", "aa"))
    project.lock(a_step("x", "bb"), targets={"x": ARM})
    strangers(usual, settings)
    moved = frozenset({host(own)})
    assert versions(project.lock(a_step("x", "aa"), moved=moved), "x") == {"aa": "9.0"}
    project.lock(a_step("x", "bb"), targets={"x": ARM}, moved=moved)


def test_who_means_it_ties_the_name(own, usual, serve, project, settings):
    project.lock(a_step("x", "aa"))
    settings.delenv("UV_INDEX")
    other = serve(Index()).add(a_wheel("aa", "2.0"))
    tie(project, other)
    assert versions(project.lock(a_step("x", "aa"), upgrade="all"), "x") == {"aa": "2.0"}
    assert notes(project) == [host(other)]


def test_a_tie_for_another_platform_does_not_count(own, usual, serve, project, settings):
    project.lock(a_step("x", "aa"))
    tie(project, serve(Index()), ", marker = \"sys_platform == 'darwin'\"")
    strangers(usual, settings)
    with pytest.raises(IndexMoved):
        project.lock(a_step("x", "aa"), upgrade="all")


def tie(project, other: Index, more: str = "") -> None:
    (project.root / "pyproject.toml").write_text(
        f'[tool.uv.sources]\naa = {{ index = "o"{more} }}\n'
        f'[[tool.uv.index]]\nname = "o"\nurl = "{other.url}"\nexplicit = true\n'
    )


@pytest.mark.parametrize(
    "variable", ["UV_INDEX", "UV_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"]
)
def test_what_is_no_address_is_an_error_of_the_settings(usual, project, settings, variable):
    if variable.startswith("PIP_"):
        settings.delenv("UV_DEFAULT_INDEX")
    settings.setenv(variable, "http://me:hunter2@[::1/simple")
    with pytest.raises(SettingsError, match="IPv6") as caught:
        project.lock(a_step("x", "bb"))
    assert "hunter2" not in str(caught.value)


def test_a_note_that_somebody_wrote_is_no_way_to_the_terminal(own, usual, project, settings):
    project.lock(a_step("x", "aa"))
    file = project.folder / "pylock.x.toml"
    file.write_text(file.read_text().replace(f'"{host(own)}"', '"http://[x\\u001b[31m"'))
    strangers(usual, settings)
    with pytest.raises(LockDamaged) as damaged:
        project.lock(a_step("x", "aa"))
    with pytest.raises(IndexMoved) as moved:
        project.lock(a_step("x", "aa"), upgrade="all")
    assert "\x1b" not in f"{damaged.value}{moved.value}"


def test_what_cannot_be_fetched_elsewhere_says_where_it_is_locked_from(
    own, usual, project, settings, elsewhere
):
    project.lock(a_step("x", "aa", "bb"))
    elsewhere()
    settings.delenv("UV_INDEX")
    lock = project.lock(a_step("x", "aa", "bb"))
    with pytest.raises(FetchFailed, match=r"aa 1\.1") as caught:
        project.fill(lock)
    assert caught.value.hint.startswith(f"it is locked from {host(own)}: name that to pip or uv")
