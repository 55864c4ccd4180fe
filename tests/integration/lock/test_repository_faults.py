"""Repositories that are not there, do not answer, ask for a password, or would have something run: told or refused."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from locking import a_step
from locking.repositories import a_repository, commit, edited, git, head

from ops0.core.errors import ErrorGroup
from ops0_builder.lock.errors import RequirementUnfit
from ops0_builder.lock.git_errors import (
    CommitGone,
    GitMissing,
    NoSuchRef,
    RepositoryUnreachable,
    TreeRefused,
)
from ops0_builder.lock.place_errors import SourceBuildFailed

SUBMODULES = [
    ("file:///etc", "names a folder of this machine"),
    ("ext::sh% -c% touch%{mark}", "which is not asked"),
    ("--upload-pack=touch{mark}", "no host and path"),
    ("ssh://-oProxyCommand=touch%20{mark}/x", "no host"),
    ("", "nothing says where"),
]


@pytest.mark.parametrize(("said", "fact"), SUBMODULES)
def test_a_submodule_that_would_run_or_read_something_is_refused(
    project, acme, server, url, tmp_path, said, fact
):
    mark = tmp_path / "mark"
    git(acme, "update-index", "--add", "--cacheinfo", f"160000,{head(acme)},sub")
    if said:
        text = f'[submodule "sub"]\n\tpath = sub\n\turl = "{said.format(mark=mark)}"\n\tupdate = "!touch {mark}"\n'
        (acme / ".gitmodules").write_text(text)
        git(acme, "add", ".gitmodules")
    git(acme, "commit", "-q", "-m", "sub")
    with pytest.raises(TreeRefused, match=fact):
        project.lock(a_step("x", url))
    assert not mark.exists()


def test_a_link_beside_a_submodule_lets_git_write_nothing_elsewhere(
    project, acme, server, url, tmp_path
):
    """git has to list a submodule's files somewhere meanwhile: beside all trees, where no repository has a say."""
    victim = tmp_path / "victim"
    inner = a_repository(server.folder / "inner.git")
    commit(inner)
    git(acme, "submodule", "--quiet", "add", str(inner), "sub")
    git(acme, "config", "-f", ".gitmodules", "submodule.sub.url", "../inner.git")
    (acme / ".sub.index").symlink_to(victim)
    commit(acme)
    with pytest.raises(TreeRefused, match=r"a link leads out of it: \.sub\.index"):
        project.lock(a_step("x", url))
    assert not victim.exists()


@pytest.mark.parametrize("leads", ["/etc/passwd", "../../../../../../etc/passwd", ".."])
def test_a_link_that_leads_out_is_refused(project, acme, url, leads):
    (acme / "src/acme_lib/more").symlink_to(leads if leads != ".." else "../../..")
    commit(acme)
    with pytest.raises(TreeRefused, match="a link leads out of it: src/acme_lib/more") as caught:
        project.lock(a_step("x", url))
    assert caught.value.exit_code == 28


def test_a_link_inside_stays_what_it_leads_to(project, acme, url):
    (acme / "src/acme_lib/more.py").symlink_to("__init__.py")
    commit(acme)
    assert project.lock(a_step("x", url))


def test_nothing_of_the_user_s_settings_or_of_the_repository_runs(
    project, acme, url, settings, tmp_path
):
    """A filter or a hook would make another tree on another machine."""
    mark = tmp_path / "mark"
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in (
        "post-checkout",
        "reference-transaction",
        "post-index-change",
        "fsmonitor-watchman",
    ):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {mark}\n")
        (hooks / name).chmod(0o755)
    (tmp_path / "gitconfig").write_text(
        f"[core]\n\thooksPath = {hooks}\n\tautocrlf = true\n\tfsmonitor = {hooks}/fsmonitor-watchman\n"
        f'[filter "x"]\n\tsmudge = "touch {mark}; cat"\n\tprocess = "touch {mark}"\n[init]\n\ttemplateDir = {hooks}\n'
    )
    (acme / ".gitattributes").write_text("* filter=x text=auto\n")
    commit(acme)
    plain = project.lock(a_step("x", url))
    shutil.rmtree(project.folder)
    shutil.rmtree(os.environ["OPS0_CACHE_DIR"])
    settings.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    assert project.lock(a_step("x", url)) == plain
    assert not mark.exists()


def test_a_login_is_git_s_own_and_stands_nowhere(project, acme, server, url, settings, tmp_path):
    server.login = "me:s3cret"
    with pytest.raises(RepositoryUnreachable, match="cannot be asked") as caught:
        project.lock(a_step("x", f"{url}@main"))
    assert (caught.value.exit_code, "credential helper" in caught.value.hint) == (26, True)
    (tmp_path / "home").mkdir()
    netrc = tmp_path / "home/.netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cret\n")
    netrc.chmod(0o600)
    settings.setenv("HOME", str(tmp_path / "home"))
    lock = project.lock(a_step("x", f"{url}@main"))
    assert project.fill(lock)
    assert "s3cret" not in project.text()
    # As CI has it: the token in a setting that writes addresses anew, which git's errors repeat.
    netrc.unlink()
    server.login = "other:pass"
    root = server.url("")
    (tmp_path / "home/.gitconfig").write_text(
        f'[url "{root.replace("//", "//me:s3cret@")}"]\n\tinsteadOf = {root}\n'
    )
    with pytest.raises(RepositoryUnreachable) as caught:
        project.lock(a_step("x", f"{url}@main"), upgrade="all")
    assert "s3cret" not in f"{caught.value} {caught.value.hint} {project.text()}"
    kept = Path(os.environ["OPS0_CACHE_DIR"]) / "git"
    assert not any(b"s3cret" in one.read_bytes() for one in kept.rglob("*") if one.is_file())


def test_a_setting_that_leads_to_a_program_is_not_followed(
    project, acme, server, url, settings, tmp_path
):
    mark = tmp_path / "mark"
    (tmp_path / "gitconfig").write_text(
        f'[protocol "ext"]\n\tallow = always\n[url "ext::touch {mark} "]\n\tinsteadOf = {server.url("")}\n'
    )
    settings.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    with pytest.raises(RepositoryUnreachable, match="transport 'ext' not allowed"):
        project.lock(a_step("x", url))
    assert not mark.exists()


def test_nobody_is_asked_for_a_password(project, acme, server, url, settings, tmp_path):
    """A dialogue of a desktop would wait for ever; a terminal is never read."""
    server.login = "me:s3cret"
    with pytest.raises(RepositoryUnreachable, match=r"could not read Username|Authentication"):
        project.lock(a_step("x", url))


@pytest.mark.parametrize(
    ("ref", "fault", "said"),
    [
        ("nain", NoSuchRef, "has no branch, tag or commit 'nain'"),
        ("0123456789", NoSuchRef, "has no branch, tag or commit '0123456789'"),
        ("refs/pull/7/head", NoSuchRef, "has no branch, tag or commit"),
        ("0" * 40, CommitGone, "has no commit 0000"),
    ],
)
def test_what_a_repository_does_not_have(project, acme, url, ref, fault, said):
    with pytest.raises(fault, match=said) as caught:
        project.lock(a_step("x", f"{url}@{ref}"))
    assert caught.value.hint
    if ref == "nain":
        assert "main" in caught.value.hint
    assert not project.folder.exists()


def test_a_commit_that_was_removed_since(project, acme, url, elsewhere):
    git(acme, "checkout", "-q", "-b", "short")
    new = edited(acme)
    lock = project.lock(a_step("x", f"{url}@short"))
    git(acme, "checkout", "-q", "main")
    git(acme, "branch", "-q", "-D", "short")
    git(acme, "reflog", "expire", "--expire=now", "--all")
    git(acme, "gc", "-q", "--prune=now")
    assert project.fill(lock)
    elsewhere()
    with pytest.raises(CommitGone, match=new) as caught:
        project.fill(lock)
    assert "ops0 lock --upgrade acme-lib" in caught.value.hint


def test_hosts_and_repositories_that_do_not_answer(project, index, server):
    for address in (
        "https://nohost.invalid/a.git",
        "http://127.0.0.1:9/a.git",
        server.url("no.git"),
    ):
        with pytest.raises(RepositoryUnreachable, match="cannot be asked") as caught:
            project.lock(a_step("x", f"a @ git+{address}"))
        assert address in str(caught.value)


def test_a_server_that_says_nothing_ends(project, index, tmp_path):
    import socket
    from dataclasses import replace

    from ops0_builder.lock.git_program import user_git

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a.git"
        with pytest.raises(RepositoryUnreachable, match="does not come to an end"):
            replace(user_git(), asking=1.0).ask(url, told=url)


def test_a_machine_without_git_is_told_what_to_do(project, acme, url, settings, tmp_path):
    (tmp_path / "bin").mkdir()
    settings.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(GitMissing, match="no such program") as caught:
        project.lock(a_step("x", url))
    assert (caught.value.exit_code, "apt-get install git" in caught.value.hint) == (29, True)


@pytest.mark.parametrize(
    "address",
    [
        "git+ext::sh -c touch% {mark}",
        "git+ext::sh",
        "git+https://x.example/a.git@--upload-pack=touch",
        "git+https://x.example/a.git@-u",
        "git+ssh://-oProxyCommand=touch/x",
        "git+fd::17",
        "git+https://x.example/a.git#subdirectory=../../etc",
        "git+https://x.example/a.git#subdirectory=/etc",
        "git+https://x.example/a.git@a..b",
        "git+file://host/x",
        "git+-u",
    ],
)
def test_an_address_that_would_run_something_is_never_given_to_git(
    project, index, settings, tmp_path, address
):
    seen = tmp_path / "bin/git"
    seen.parent.mkdir()
    seen.write_text(f"#!/bin/sh\ntouch {tmp_path}/mark\n")
    seen.chmod(seen.stat().st_mode | stat.S_IEXEC)
    settings.setenv("PATH", f"{seen.parent}:{os.environ['PATH']}")
    with pytest.raises((RequirementUnfit, ErrorGroup)) as caught:
        project.lock(a_step("x", f"a @ {address.format(mark=tmp_path / 'mark')}"))
    assert caught.value.exit_code == 20
    assert not (tmp_path / "mark").exists()


def test_another_distribution_than_is_asked_for(project, acme, server):
    with pytest.raises(SourceBuildFailed, match="it is acme-lib, and acme is asked for there"):
        project.lock(a_step("x", f"acme @ git+{server.url('acme.git')}"))


def test_a_folder_that_the_repository_does_not_have(project, acme, url):
    with pytest.raises(TreeRefused, match="has no folder packages/x"):
        project.lock(a_step("x", f"{url}#subdirectory=packages/x"))
