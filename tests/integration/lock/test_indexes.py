"""What indexes are asked, by whose settings and passwords, and how one that fails is told."""

from __future__ import annotations

import os
import zipfile

import pytest
from locking import Index, a_step, a_wheel, an_sdist, sha256, versions

from ops0.core.errors import LockError
from ops0_builder.lock.errors import (
    FetchFailed,
    HashMismatch,
    IndexUnreachable,
    PipFailed,
    ResolverFailed,
)
from ops0_builder.lock.index_check import ask_index


def test_no_index_answers(index, project, settings):
    settings.setenv("PIP_INDEX_URL", "http://me:hunter2@127.0.0.1:1/simple")
    with pytest.raises(IndexUnreachable) as caught:
        project.lock(a_step("x", "aa"))
    assert caught.value.exit_code == 26
    assert "hunter2" not in str(caught.value)


def test_whether_an_index_answers_is_asked_as_a_lock_asks(index, settings, tmp_path):
    ask_index(tmp_path)  # it has no such distribution, and says so
    assert index.asked
    settings.setenv("PIP_INDEX_URL", "http://me:hunter2@127.0.0.1:1/simple")
    with pytest.raises(IndexUnreachable) as caught:
        ask_index(tmp_path)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("fault", [503, 500, "reset"])
def test_an_index_that_fails_is_not_taken_for_an_empty_one(index, project, fault):
    index.add(a_wheel("aa"))
    index.fault = lambda path, count: fault if path == "/simple/aa/" else None
    with pytest.raises(IndexUnreachable):
        project.lock(a_step("x", "aa"))
    index.fault = lambda path, count: fault if count == 1 else None
    assert versions(project.lock(a_step("x", "aa")), "x") == {"aa": "1.0"}


@pytest.mark.parametrize("text", ["[global]\nx = 1\n[global]\ny = 1\n", "index-url = x\n"])
def test_settings_of_pip_that_cannot_be_read_are_not_none(index, project, settings, tmp_path, text):
    (tmp_path / "pip.conf").write_text(text)
    settings.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    with pytest.raises(PipFailed, match=r"pip\.conf"):
        project.lock(a_step("x", "aa"))
    assert index.asked == []


@pytest.mark.parametrize("name", ["types", "random", "email", "pip"])
def test_a_module_of_the_user_with_the_name_of_one_of_pythons_is_not_pips(
    index, project, settings, tmp_path, name
):
    """``python -m pip`` imports from the folder that it is started in before it imports from Python."""
    (tmp_path / f"{name}.py").write_text("raise ValueError('this is not for pip')\n")
    settings.chdir(tmp_path)
    index.add(a_wheel("aa"))
    lock = project.lock(a_step("x", "aa"))
    assert len(project.fill(lock)) == 1


def test_a_setting_that_uv_refuses_is_no_network_error(index, project, settings):
    settings.setenv("UV_INDEX_STRATEGY", "nonsense")
    with pytest.raises(ResolverFailed) as caught:
        project.lock(a_step("x", "aa"))
    assert caught.value.exit_code == 29


def test_a_password_reaches_the_index_and_nothing_else(index, project, settings, elsewhere):
    index.password = "hunter2"
    index.add(a_wheel("aa"), an_sdist("src"))
    settings.setenv("PIP_INDEX_URL", index.url.replace("//", "//me:hunter2@"))
    lock = project.lock(a_step("x", "aa", "src"))
    assert len(project.fill(lock)) == 2
    assert "hunter2" not in project.text()
    index.password = "changed"
    with pytest.raises(IndexUnreachable) as caught:
        project.lock(a_step("x", "aa"), a_step("y", "bb"))
    assert "hunter2" not in str(caught.value)
    elsewhere()
    with pytest.raises(FetchFailed, match=r"aa/: 40[13] ") as caught:
        project.fill(lock)
    assert "hunter2" not in str(caught.value)


def test_settings_that_only_uv_has_reach_pip(index, project, settings):
    index.add(a_wheel("aa"))
    settings.delenv("PIP_INDEX_URL")
    settings.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    settings.setenv("UV_DEFAULT_INDEX", index.url)
    lock = project.lock(a_step("x", "aa"))
    assert list(project.fill(lock)) == [lock.step("x").distributions[0].wheel.sha256]


def test_uvs_settings_in_the_project_are_in_force(index, project, settings):
    index.add(a_wheel("aa"))
    settings.delenv("UV_NO_CONFIG")
    settings.delenv("PIP_INDEX_URL")
    (project.root / "uv.toml").write_text(
        f'[[index]]\nname = "own"\nurl = "{index.url}"\ndefault = true\n'
    )
    lock = project.lock(a_step("x", "aa"))
    assert len(project.fill(lock)) == 1


def test_a_private_name_is_not_taken_over_by_a_public_one(index, serve, project, settings):
    index.add(a_wheel("acme-secret", "99.0", body="evil"), a_wheel("other"))
    private = serve(Index()).add(a_wheel("acme-secret", "1.0"))
    settings.setenv("PIP_EXTRA_INDEX_URL", private.url)
    lock = project.lock(a_step("x", "acme-secret", "other"))
    assert versions(lock, "x") == {"acme-secret": "1.0", "other": "1.0"}
    files = project.fill(lock)
    assert all(b"evil" not in path.read_bytes() for path in files.values())


@pytest.fixture
def two_indexes(index, serve, settings, tmp_path) -> tuple[str, str]:
    """A private index with a login in netrc, and a public one with strangers' higher versions: their addresses."""
    private = serve(Index(password="hunter2")).add(a_wheel("acme-secret", "1.0"))
    index.add(a_wheel("acme-secret", "99.0", body="evil"), a_wheel("other"))
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password hunter2\n")
    settings.setenv("NETRC", str(tmp_path / "netrc"))
    return private.url, index.url.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("main", ["private", "public"])
def test_a_private_name_stays_private_whichever_index_is_pips_main_one(
    two_indexes, project, settings, main
):
    private, public = two_indexes
    settings.setenv("PIP_INDEX_URL", private if main == "private" else public)
    settings.setenv("PIP_EXTRA_INDEX_URL", public if main == "private" else private)
    lock = project.lock(a_step("x", "acme-secret", "other"))
    assert versions(lock, "x") == {"acme-secret": "1.0", "other": "1.0"}
    files = project.fill(lock)
    assert len(files) == 2
    assert all(b"evil" not in path.read_bytes() for path in files.values())
    assert "hunter2" not in project.text()


def test_a_version_that_the_private_index_lacks_is_not_taken_from_a_stranger(
    two_indexes, project, settings
):
    private, public = two_indexes
    settings.setenv("PIP_INDEX_URL", private)
    settings.setenv("PIP_EXTRA_INDEX_URL", public)
    with pytest.raises(LockError, match="acme-secret"):
        project.lock(a_step("x", "acme-secret>=2"))
    settings.setenv("UV_INDEX_STRATEGY", "unsafe-best-match")  # the control: it would be there
    assert versions(project.lock(a_step("x", "acme-secret>=2")), "x") == {"acme-secret": "99.0"}


# As the keyring program speaks: `get URL USER`, and since 25.2.1 `--mode=creds --output=json get URL USER`.
KEYRING = """#!/bin/sh
case "$*" in
  "--mode=creds --output=json get "*" me") echo '{"username": "me", "password": "hunter2"}' ;;
  "get "*" me") echo hunter2 ;;
  *) exit 1 ;;
esac
"""


@pytest.fixture
def keyring(settings, tmp_path):
    """The program that is asked for the index's password."""
    program = tmp_path / "bin/keyring"
    program.parent.mkdir()
    program.write_text(KEYRING)
    program.chmod(0o755)
    settings.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


@pytest.mark.usefixtures("keyring")
def test_a_keyring_that_pip_asks_is_asked_by_uv_too(index, project, settings):
    index.password = "hunter2"
    index.add(a_wheel("aa"))
    settings.setenv("PIP_KEYRING_PROVIDER", "subprocess")
    settings.setenv("PIP_INDEX_URL", index.url.replace("//", "//me@"))
    lock = project.lock(a_step("x", "aa"))
    assert len(project.fill(lock)) == 1
    assert "hunter2" not in project.text()


def test_folders_in_the_settings_that_are_not_there_are_passed_over(index, project, settings):
    index.add(a_wheel("aa"))
    settings.setenv("PIP_FIND_LINKS", "/not/there file:///nor/there")
    settings.setenv("PIP_EXTRA_INDEX_URL", "file:///not/there/simple")
    lock = project.lock(a_step("x", "aa"))
    assert len(project.fill(lock)) == 1


@pytest.mark.usefixtures("keyring")
def test_a_keyring_that_uv_asks_is_asked_by_pip_too(index, project, settings):
    index.password = "hunter2"
    index.add(a_wheel("aa"))
    settings.delenv("PIP_INDEX_URL")
    settings.delenv("UV_NO_CONFIG")
    own = index.url.replace("//", "//me@")
    (project.root / "uv.toml").write_text(
        f'keyring-provider = "subprocess"\n[[index]]\nname = "own"\nurl = "{own}"\ndefault = true\n'
    )
    lock = project.lock(a_step("x", "aa"))
    assert len(project.fill(lock)) == 1


def test_a_folder_of_wheels_is_enough(project, settings, tmp_path):
    folder = tmp_path / "my wheels"
    folder.mkdir()
    for name, data in (a_wheel("aa", "1.0", "bb"), a_wheel("bb"), an_sdist("src")):
        (folder / name).write_bytes(data)
    settings.setenv("PIP_NO_INDEX", "1")
    settings.setenv("PIP_FIND_LINKS", folder.as_uri())
    lock = project.lock(a_step("x", "aa", "src"))
    assert set(versions(lock, "x")) == {"aa", "bb", "src"}
    assert len(project.fill(lock)) == 3
    assert len(list(folder.iterdir())) == 3


def test_an_index_without_hashes_is_measured_once(index, project):
    index.add(a_wheel("aa"), a_wheel("bb"))
    index.hashes = False
    lock = project.lock(a_step("x", "aa", "bb"))
    data = index.files["aa-1.0-py3-none-any.whl"]
    assert lock.step("x").distributions[0].wheel.sha256 == sha256(data)
    index.add(("aa-1.0-py3-none-any.whl", a_wheel("aa", body="other")[1]))
    assert len(project.fill(lock)) == 2


@pytest.mark.parametrize("hashes", [True, False])
def test_a_file_replaced_on_the_index_is_not_locked_again_unasked(
    index, project, elsewhere, hashes
):
    index.hashes = hashes
    index.add(a_wheel("aa"), a_wheel("bb"))
    project.lock(a_step("x", "aa"))
    elsewhere()
    index.add(a_wheel("aa", body="evil"))
    with pytest.raises(HashMismatch) as caught:
        project.lock(a_step("x", "aa", "bb"))
    assert caught.value.filename == "aa-1.0-py3-none-any.whl"
    upgraded = project.lock(a_step("x", "aa", "bb"), upgrade=frozenset({"aa"}))
    assert upgraded.step("x").distributions[0].wheel.sha256 == caught.value.actual


MINE = "# my own, written by hand\nflask==2.0\n"


@pytest.mark.parametrize(
    "setting",
    [
        'output-file = "requirements.txt"',
        "no-deps = true",
        'no-emit-package = ["aa", "bb"]',
        "universal = true",
        "generate-hashes = true",
        'python-version = "3.8"',
    ],
)
def test_what_uv_is_to_print_for_the_user_changes_no_lock_and_no_file(
    index, project, settings, setting
):
    index.add(a_wheel("aa", "1.0", "bb"), a_wheel("bb"), an_sdist("src"))
    settings.delenv("UV_NO_CONFIG")
    (project.root / "pyproject.toml").write_text(f"[tool.uv.pip]\n{setting}\n")
    mine = project.root / "requirements.txt"
    mine.write_text(MINE)
    lock = project.lock(a_step("x", "aa", "src"))
    assert versions(lock, "x") == {"aa": "1.0", "bb": "1.0", "src": "1.0"}
    with pytest.raises(LockError, match="nowhere"):  # which asks uv all that it is asked to explain
        project.lock(a_step("x", "aa", "nowhere"))
    assert mine.read_text() == MINE


def test_uvs_constraints_and_a_password_in_its_file_are_in_force(index, project, settings):
    index.password = "hunter2"
    index.add(a_wheel("aa", "1.0"), a_wheel("aa", "2.0"))
    settings.delenv("UV_NO_CONFIG")
    settings.delenv("PIP_INDEX_URL")
    (project.root / "pyproject.toml").write_text(
        f'[tool.uv]\nconstraint-dependencies = ["aa<2"]\n'
        f'index = [{{ url = "{index.url.replace("//", "//me:hunter2@")}", default = true }}]\n'
    )
    lock = project.lock(a_step("x", "aa"))
    assert versions(lock, "x") == {"aa": "1.0"}
    assert len(project.fill(lock)) == 1
    assert "hunter2" not in project.text()


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
@pytest.mark.parametrize("main", ["private", "public"])
def test_of_two_files_of_one_name_that_of_uvs_index_is_locked_and_fetched(
    serve, project, settings, elsewhere, main, kind
):
    make = {
        "wheel": lambda who: a_wheel("acme", "1.0", body=who),
        "sdist": lambda who: an_sdist("acme", "1.0", noise=who),
    }[kind]
    private = serve(Index(hashes=False, password="hunter2"))
    public = serve(Index(hashes=False))
    places = {"private": private.url.replace("//", "//me:hunter2@"), "public": public.url}
    for name, index in (("private", private), ("public", public)):
        (project.root / name).write_text(name)
        index.add(make(str(project.root / name) if kind == "sdist" else name))
    settings.setenv("PIP_INDEX_URL", places.pop(main))
    settings.setenv("PIP_EXTRA_INDEX_URL", *places.values())
    lock = project.lock(a_step("x", "acme"))
    for _ in range(2):
        (path,) = project.fill(lock).values()
        with zipfile.ZipFile(path) as wheel:
            assert b"private" in wheel.read("acme/__init__.py")
        elsewhere()
    assert "hunter2" not in project.text()


def test_a_page_of_links_with_a_password_is_read_for_a_file_without_a_hash(
    index, project, settings, elsewhere
):
    index.hashes, index.password = False, "hunter2"
    index.add(a_wheel("aa"))
    settings.delenv("PIP_INDEX_URL")
    settings.setenv("PIP_NO_INDEX", "1")
    settings.setenv("PIP_FIND_LINKS", index.url.replace("//", "//me:hunter2@") + "/aa/")
    lock = project.lock(a_step("x", "aa"))
    elsewhere()
    assert len(project.fill(lock)) == 1
    assert "hunter2" not in project.text()
