"""Repositories that requirements name: resolved to a commit, fetched, built, pinned, and nothing of them believed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from locking import TARGET, a_folder, a_pipeline, a_step, a_wheel, entry, stale, versions
from locking.repositories import a_repository, by_daemon, commit, edited, git, head

from ops0.core.locked import Target
from ops0.core.pipeline import Where
from ops0.core.requirements.declarations import Constraint
from ops0_builder.lock import export_wheelhouse, lock_pipeline, take_wheelhouse
from ops0_builder.lock.errors import RequirementUnfit
from ops0_builder.lock.git_errors import (
    AmbiguousRef,
    RepositoryUnreachable,
    TreeRefused,
)
from ops0_builder.lock.place_errors import SourceBuildFailed


def test_a_branch_is_locked_at_its_commit_and_stays_there(index, project, acme, server, url):
    step = a_step("x", f"{url}@main")
    first = project.lock(step)
    assert versions(first, "x") == {"acme-lib": "1.0", "helper": "1.0"}
    source = entry(first, "x", "acme-lib").source
    assert (source.kind, source.place, source.digest, source.ref) == (
        *("git", server.url("acme.git"), head(acme), "main"),
    )
    assert not any("/acme" in path for path in index.asked)
    assert any("building acme-lib from" in line for line in project.lines)
    text = project.text()
    new = edited(acme)
    asked = len(server.asked)
    assert stale(project, step) == ()
    assert project.lock(step) == first
    assert len(server.asked) == asked
    more = project.lock(step, a_step("y", "helper"))
    assert entry(more, "x", "acme-lib") == entry(first, "x", "acme-lib")
    assert len(server.asked) == asked
    project.lock(step)
    assert project.text().partition("lock: ")[0] == text.partition("lock: ")[0]
    moved = project.lock(step, upgrade=frozenset({"acme-lib"}))
    assert entry(moved, "x", "acme-lib").source.digest == new
    assert entry(moved, "x", "acme-lib").wheel != entry(first, "x", "acme-lib").wheel


@pytest.mark.parametrize("upgrade", ["all", frozenset({"helper"})])
def test_what_an_upgrade_moves(project, acme, url, upgrade):
    step = a_step("x", f"{url}@main")
    first = project.lock(step)
    new = edited(acme)
    moved = project.lock(step, upgrade=upgrade)
    expected = new if upgrade == "all" else entry(first, "x", "acme-lib").source.digest
    assert entry(moved, "x", "acme-lib").source.digest == expected


def test_another_branch_is_another_question(project, acme, url):
    first = project.lock(a_step("x", url))
    assert entry(first, "x", "acme-lib").source.ref == ""
    git(acme, "checkout", "-q", "-b", "other/one")
    new = edited(acme)
    step = a_step("x", f"{url}@other/one")
    assert [one.step for one in stale(project, step)] == ["x"]
    assert entry(project.lock(step), "x", "acme-lib").source.digest == new


def test_a_tag_is_its_commit_also_an_annotated_one(project, acme, url):
    old = head(acme)
    git(acme, "tag", "-a", "-m", "x", "v1")
    edited(acme)
    lock = project.lock(a_step("x", f"{url}@v1"))
    assert entry(lock, "x", "acme-lib").source.digest == old


@pytest.mark.parametrize("length", [40, 10])
def test_a_commit_is_named_whole_or_by_its_start(project, acme, url, length):
    old = head(acme)
    edited(acme)
    lock = project.lock(a_step("x", f"{url}@{old[:length]}"))
    assert entry(lock, "x", "acme-lib").source.digest == old


def test_a_server_that_gives_no_commit_by_its_name(project, acme, url):
    git(acme, "config", "uploadpack.allowReachableSHA1InWant", "false")
    git(acme, "config", "protocol.version", "0")
    old = head(acme)
    edited(acme)
    lock = project.lock(a_step("x", f"{url}@{old}"))
    assert entry(lock, "x", "acme-lib").source.digest == old


def test_git_s_own_daemon_and_a_repository_of_this_machine(project, acme, server, url):
    with by_daemon(server.folder) as daemon:
        first = project.lock(a_step("x", f"acme-lib @ git+{daemon}/acme.git@main"))
    step = a_step("x", "acme-lib @ git+file:../served/acme.git@main")
    second = project.lock(step)
    assert entry(second, "x", "acme-lib").source.place == "file:../served/acme.git"
    assert str(project.root.parent) not in "".join(
        path.read_text() for path in project.folder.iterdir()
    )
    assert entry(first, "x", "acme-lib").wheel == entry(second, "x", "acme-lib").wheel


def test_another_machine_builds_the_same_and_a_cached_commit_needs_no_network(
    project, acme, server, url, elsewhere, tmp_path
):
    step = a_step("x", f"{url}@main")
    lock = project.lock(step)
    text = "".join(path.read_text() for path in sorted(project.folder.iterdir()))
    wheels = project.fill(lock)
    elsewhere()
    assert set(project.fill(lock)) == set(wheels)
    shutil.rmtree(project.folder)
    project.lock(step)
    assert "".join(path.read_text() for path in sorted(project.folder.iterdir())) == text
    asked = len(server.asked)
    shutil.rmtree(Path(os.environ["OPS0_CACHE_DIR"]) / "wheels")
    assert set(project.fill(lock)) == set(wheels)
    assert len(server.asked) == asked
    export_wheelhouse(lock, project.fill(lock), tmp_path / "wheels")
    shutil.rmtree(acme)
    elsewhere()
    with pytest.raises(RepositoryUnreachable):
        project.fill(lock)
    assert set(take_wheelhouse(lock, tmp_path / "wheels", steps=["x"])) == set(wheels)


def test_a_folder_in_a_repository_with_its_neighbours(index, project, server, acme):
    """What a workspace says to stand beside it is of the same commit, whatever an index has of that name."""
    index.add(a_wheel("base", "9.0"))
    mono = a_repository(server.folder / "mono.git")
    a_folder(
        mono / "packages/one",
        "one",
        "base>=1",
        more="[tool.uv.sources]\nbase = { workspace = true }\n",
    )
    a_folder(mono / "packages/base", "base", "helper")
    (mono / "pyproject.toml").write_text('[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    commit(mono)
    lock = project.lock(
        a_step("x", f"one @ git+{server.url('mono.git')}#subdirectory=packages/one")
    )
    assert versions(lock, "x") == {"base": "1.0", "helper": "1.0", "one": "1.0"}
    sources = [entry(lock, "x", name).source for name in ("one", "base")]
    assert [one.inside for one in sources] == ["packages/one", "packages/base"]
    assert {one.digest for one in sources} == {head(mono)}
    assert not any("/base/" in path for path in index.asked)


def test_a_source_that_leads_out_of_a_repository_is_refused_where_it_is_needed(
    index, project, acme, url, settings, tmp_path
):
    index.add(a_wheel("aside", "9.0"))
    more = '[tool.uv.sources]\naside = { path = "../../aside" }\n'
    commit(a_folder(acme, "acme-lib", "helper", "aside ; extra == 'much'", more=more))
    assert versions(project.lock(a_step("x", url)), "x") == {"acme-lib": "1.0", "helper": "1.0"}
    with pytest.raises(RequirementUnfit, match="names a folder outside of the repository"):
        project.lock(a_step("x", url.replace("acme-lib", "acme-lib[much]")))
    assert not any("/aside/" in path for path in index.asked)


def test_a_repository_is_written_out_once_to_be_built(index, project, acme, url, monkeypatch):
    """Also where it has needs: what it says of them is read while it is there."""
    from ops0_builder.lock.git_program import Git

    words: list[tuple[str, ...]] = []
    here = Git.here

    def counted(self, *said, **options):
        words.append(said)
        return here(self, *said, **options)

    monkeypatch.setattr(Git, "here", counted)
    more = f'[tool.uv.sources]\nhelper = {{ git = "{url.partition("git+")[2]}" }}\n'
    (acme / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
        '[project]\nname = "acme-lib"\nversion = "1.0"\n' + more.replace("helper", "unused")
    )
    commit(acme)
    project.lock(a_step("x", url))
    assert sum("read-tree" in said for said in words) == 2, "without and with its tags"


def test_what_a_repository_needs_from_another_one(index, project, server, acme, url):
    """By its metadata, by its own sources, and only where it is needed: an extra that nobody asks for is not built."""
    index.add(a_wheel("second", "9.0"), a_wheel("third", "9.0"))
    second = a_folder(a_repository(server.folder / "second.git"), "second", version="2.0")
    third = a_folder(a_repository(server.folder / "third.git"), "third", version="3.0")
    commit(second)
    commit(third)
    sources = f'[tool.uv.sources]\nthird = {{ git = "{server.url("third.git")}" }}\n'
    a_folder(
        acme,
        "acme-lib",
        f"second @ git+{server.url('second.git')}@main",
        "third>=3",
        "gone @ git+https://nohost.invalid/gone.git ; extra == 'much'",
        "file @ https://nohost.invalid/file-1-py3-none-any.whl ; extra == 'much'",
        more=sources,
    )
    commit(acme)
    lock = project.lock(a_step("x", url))
    assert versions(lock, "x") == {"acme-lib": "1.0", "second": "2.0", "third": "3.0"}
    assert not any("/second/" in path or "/third/" in path for path in index.asked)
    commit(second)
    again = project.lock(a_step("x", url), a_step("y", "helper"))
    assert entry(again, "x", "second") == entry(lock, "x", "second")
    with pytest.raises((RequirementUnfit, RepositoryUnreachable)):
        project.lock(a_step("x", url.replace("acme-lib", "acme-lib[much]")))


def test_a_name_that_the_project_takes_from_a_repository_is_never_asked_of_an_index(
    index, project, server, acme, url
):
    """Also where a distribution of an index needs it: a stranger's of that name would else be taken."""
    index.add(a_wheel("top", "1.0", "acme-lib"), a_wheel("acme-lib", "9.0"), a_wheel("helper"))
    said = Constraint(f"{url}@main", Where("pyproject.toml", 3))
    unused = Constraint("gone @ git+https://nohost.invalid/x.git", Where("pyproject.toml", 4))
    step = a_step("x", "top")
    arguments = {
        "folder": project.folder,
        "root": project.root,
        "targets": {"x": TARGET},
    }
    before = lock_pipeline(a_pipeline(step), **arguments)
    assert versions(before, "x")["acme-lib"] == "9.0"
    index.asked.clear()
    lock = lock_pipeline(a_pipeline(step), **arguments, constraints=(said, unused))
    assert versions(lock, "x") == {"acme-lib": "1.0", "helper": "1.0", "top": "1.0"}
    assert entry(lock, "x", "acme-lib").source.kind == "git"
    assert not any("/acme-lib/" in path for path in index.asked)


def test_another_platform_gets_the_same_commit(project, acme, url):
    step = a_step("x", f"{url}@main")
    first = project.lock(step)
    edited(acme)
    second = project.lock(step, targets={"x": Target(python="3.11", platform="linux/arm64")})
    assert entry(first, "x", "acme-lib").source == entry(second, "x", "acme-lib").source


VERSIONED = """
import os, subprocess, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    told = subprocess.run(["git", "describe", "--tags", "--dirty", "--long"], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    tag, count, commit = told.stdout.strip().split("-")
    version = f"{tag[1:]}.{count}+{commit}"
    info = f"tagged-{version}.dist-info"
    name = f"tagged-{version}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("tagged.py", "")
        archive.writestr(info + "/METADATA", f"Metadata-Version: 2.1\\nName: tagged\\nVersion: {version}\\n")
        archive.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(info + "/RECORD", "")
    return name
"""


def test_a_version_made_of_tags_is_the_same_wherever_it_is_built(
    index, project, server, tmp_path, elsewhere
):
    folder = a_folder(a_repository(server.folder / "tagged.git"), "tagged")
    (folder / "own.py").write_text(VERSIONED)
    commit(folder, "v1.4")
    wanted = commit(folder)
    (folder / "later").write_text("")
    commit(folder, "v9.9")
    lock = project.lock(a_step("x", f"tagged @ git+{server.url('tagged.git')}@{wanted}"))
    assert versions(lock, "x") == {"tagged": f"1.4.1+g{wanted[:12]}"}
    commit(folder, "v9.10")
    elsewhere()
    assert project.fill(lock)


def test_a_build_does_not_see_a_checkout_around_the_cache(
    project, acme, server, url, settings, tmp_path
):
    """CI keeps the cache in the project: a build that asks git got the project's own tags."""
    a_repository(tmp_path)
    settings.setenv("OPS0_CACHE_DIR", str(tmp_path / "inside/cache"))
    (acme / "own.py").write_text(
        "import subprocess\n"
        "def build_wheel(*args):\n"
        "    told = subprocess.run(['git', 'rev-parse', '--show-toplevel'], capture_output=True, text=True)\n"
        "    raise SystemExit('sees ' + told.stdout)\n"
    )
    with pytest.raises(SourceBuildFailed) as fault:
        project.lock(a_step("x", "acme-lib @ file:../served/acme.git"))
    assert f"sees {tmp_path}" not in str(fault.value)
    commit(acme)
    settings.setenv("GIT_DIR", str(tmp_path / ".git"))
    with pytest.raises(SourceBuildFailed, match=r"sees /.*/source"):
        project.lock(a_step("x", url))


def test_submodules_come_along_at_their_commits(project, acme, server, url):
    inner = a_repository(server.folder / "inner.git")
    (inner / "data.txt").write_text("one")
    wanted = commit(inner)
    git(acme, "submodule", "--quiet", "add", str(inner), "src/acme_lib/inner")
    git(acme, "config", "-f", ".gitmodules", "submodule.src/acme_lib/inner.url", "../inner.git")
    commit(acme)
    (inner / "data.txt").write_text("two")
    assert commit(inner) != wanted
    lock = project.lock(a_step("x", url))
    (wheel,) = (path for path in project.fill(lock).values() if "acme" in path.name)
    assert b"one" in wheel.read_bytes()
    assert b"two" not in wheel.read_bytes()
    assert any("/inner.git/" in path for path in server.asked)


@pytest.mark.parametrize("named", ["url", "git"])
def test_a_repository_elsewhere_names_no_folder_of_this_machine(
    project, acme, url, tmp_path, named
):
    mine = tmp_path / "mine"
    mine.mkdir()
    sources = f'[tool.uv.sources]\nmine = {{ {named} = "file://{mine}" }}\n'
    a_folder(acme, "acme-lib", "mine", more=sources)
    commit(acme)
    with pytest.raises(TreeRefused, match="says that mine stands in a folder of this machine"):
        project.lock(a_step("x", url))


def test_a_repository_whose_names_are_of_sha256(project, server, index):
    folder = a_repository(server.folder / "wide.git", form="sha256")
    commit(a_folder(folder, "wide"), "v1")
    lock = project.lock(a_step("x", f"wide @ git+{server.url('wide.git')}@v1"))
    assert len(entry(lock, "x", "wide").source.digest) == 64
    assert stale(project, a_step("x", f"wide @ git+{server.url('wide.git')}@v1")) == ()


def test_a_name_of_a_branch_and_a_tag(project, acme, url):
    git(acme, "tag", "twice")
    git(acme, "branch", "twice")
    assert project.lock(a_step("x", f"{url}@twice"))
    git(acme, "checkout", "-q", "twice", "--")
    git(acme, "checkout", "-q", "refs/heads/twice", "--detach")
    new = edited(acme)
    git(acme, "branch", "-f", "twice", new)
    with pytest.raises(AmbiguousRef) as caught:
        project.lock(a_step("x", f"{url}@twice"), upgrade="all")
    assert caught.value.exit_code == 20
    lock = project.lock(a_step("x", f"{url}@refs/heads/twice"))
    assert entry(lock, "x", "acme-lib").source.digest == new


def test_a_damaged_cache_is_fetched_again(project, acme, server, url):
    lock = project.lock(a_step("x", f"{url}@main"))
    cache = Path(os.environ["OPS0_CACHE_DIR"])
    for file in (cache / "git").rglob("*.pack"):
        file.chmod(0o600)
        file.write_bytes(b"")
    shutil.rmtree(cache / "wheels")
    assert project.fill(lock)
