"""What git is told, and what is made of what it says; a real one is in the integration tests."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ops0.core.digest import sha256
from ops0.core.requirements.repositories import Repository
from ops0.host.process import Completed, ProgramMissing
from ops0_builder.lock.commits import commit_of
from ops0_builder.lock.git_errors import (
    AmbiguousRef,
    GitMissing,
    NoSuchRef,
    RepositoryUnreachable,
    TreeRefused,
)
from ops0_builder.lock.git_program import Git
from ops0_builder.lock.lfs import Filling, Pointer, pointers_in, pointers_in_wheel
from ops0_builder.lock.repositories import Repositories
from ops0_builder.lock.submodules import joined_url, submodules_in
from ops0_builder.lock.tag_versions import may_ask_git
from ops0_builder.lock.wheel_plain import plain_need, plain_wheel
from ops0_builder.lock.wheelhouse import Wheelhouse

URL = "https://x.example/a.git"
ONE, TWO = "1" * 40, "2" * 40


@dataclass
class FakeRun:
    """Keeps what was started, and answers ``ls-remote`` with these refs."""

    refs: dict[str, str] = field(default_factory=dict)
    code: int = 0
    err: str = ""
    out: str = ""
    calls: list[tuple[tuple[str, ...], dict[str, str]]] = field(default_factory=list)

    def __call__(self, argv, *, cwd=None, env=None, send=b"", timeout=None, stop=None, held=()):
        assert cwd == Path("/")
        assert timeout
        self.calls.append((tuple(argv), dict(env)))
        out = "\n".join(f"{commit}\t{ref}" for ref, commit in self.refs.items())
        return Completed(argv=tuple(argv), code=self.code, out=self.out or out, err=self.err)


def a_git(run: FakeRun, **environment: str) -> Git:
    return Git(environment={"PATH": "/bin", "HOME": "/home/me", **environment}, run=run)


def found(run: FakeRun, ref: str, tmp_path: Path) -> str:
    return commit_of("a", Repository(url=URL, ref=ref), URL, a_git(run), tmp_path)


@pytest.mark.parametrize(
    ("ref", "refs", "commit"),
    [
        ("", {"HEAD": ONE}, ONE),
        ("HEAD", {"HEAD": ONE}, ONE),
        ("main", {"refs/heads/main": ONE, "refs/remotes/x/refs/heads/main": TWO}, ONE),
        ("v1", {"refs/tags/v1": TWO, "refs/tags/v1^{}": ONE}, ONE),
        ("v1", {"refs/tags/v1": TWO, "refs/tags/v1^{}": ONE, "refs/heads/v1": ONE}, ONE),
        ("refs/pull/1/head", {"refs/pull/1/head": ONE}, ONE),
        (ONE, {}, ONE),
    ],
)
def test_the_commit_that_a_name_is(tmp_path, ref, refs, commit):
    assert found(FakeRun(refs), ref, tmp_path) == commit


@pytest.mark.parametrize(
    ("ref", "refs", "fault"),
    [
        ("v1", {"refs/tags/v1": ONE, "refs/heads/v1": TWO}, AmbiguousRef),
        ("nain", {"refs/heads/main": ONE}, NoSuchRef),
        ("", {}, NoSuchRef),
    ],
)
def test_a_name_that_is_no_commit_s(tmp_path, ref, refs, fault):
    with pytest.raises(fault) as caught:
        found(FakeRun(refs), ref, tmp_path)
    assert caught.value.repository == URL
    assert caught.value.hint


@pytest.mark.parametrize(
    ("ref", "kind", "near"),
    [("refs/tags/v1.0", "tag 'v1.0'", "v1.1"), ("refs/heads/nain", "branch 'nain'", "main")],
)
def test_a_tag_or_branch_that_is_not_there_is_told_as_one(tmp_path, ref, kind, near):
    run = FakeRun({"refs/tags/v1.1": ONE, "refs/heads/main": TWO})
    with pytest.raises(NoSuchRef, match=kind) as caught:
        found(run, ref, tmp_path)
    assert f"did you mean '{near}'?" in caught.value.hint


def test_what_to_type_about_a_repository_of_this_machine():
    with pytest.raises(RepositoryUnreachable) as caught:
        a_git(FakeRun(code=128, err="fatal: no")).ask("file:///x/a%20b", told="file:../a%20b")
    assert caught.value.hint == "check the folder. To see it fail: git ls-remote '../a b'"


@pytest.mark.parametrize(
    ("host", "told"),
    [("localhost.evil.example", True), ("127.0.0.1.example", True), ("[::1]:8080", False)],
)
def test_only_this_machine_s_own_names_are_safe_without_encryption(tmp_path, host, told):
    lines: list[str] = []
    place = Repository(url=f"http://{host}/a.git", ref="main")
    repositories = Repositories(
        folder=tmp_path / "git",
        root=tmp_path,
        wheelhouse=Wheelhouse(tmp_path / "wheels"),
        git=a_git(FakeRun({"refs/heads/main": ONE})),
        progress=lines.append,
    )
    assert repositories.commit_of("a", place) == ONE
    assert any("is not encrypted" in line for line in lines) is told


def test_a_submodule_at_a_path_that_is_no_utf_8_is_refused(tmp_path):
    run = FakeRun(out=f"160000 {ONE} 0\tlibs/b\N{REPLACEMENT CHARACTER}r\0")
    with pytest.raises(TreeRefused, match="no UTF-8"):
        submodules_in("a", URL, tmp_path, tmp_path, tmp_path / "index", a_git(run))


def test_the_network_is_asked_with_the_user_s_settings_and_nobody_is_asked():
    run = FakeRun()
    own = {"GIT_DIR": "/x", "GIT_TRACE_CURL": "1", "GIT_CONFIG_COUNT": "0", "GIT_ASKPASS": "/y"}
    a_git(run, **own).ask(URL, "HEAD", told=URL)
    ((argv, env),) = run.calls
    assert argv[argv.index("ls-remote") :] == ("ls-remote", "--quiet", "--", URL, "HEAD")
    assert "core.hooksPath=/dev/null" in argv
    assert {"GIT_DIR", "GIT_TRACE_CURL"}.isdisjoint(env)
    assert (env["HOME"], env["GIT_CONFIG_COUNT"], env["GIT_ASKPASS"]) == ("/home/me", "0", "/y")
    assert (env["GIT_TERMINAL_PROMPT"], env["GIT_ALLOW_PROTOCOL"]) == ("0", "https:ssh:http:git")


def test_files_here_are_worked_on_with_no_settings_and_no_network(tmp_path):
    run = FakeRun()
    git = a_git(run, GIT_CONFIG_COUNT="1", GIT_SSH_COMMAND="x", GIT_ASKPASS="y")
    git.here("read-tree", ONE, told=URL, index=tmp_path / "index")
    ((_, env),) = run.calls
    assert env["GIT_CONFIG_GLOBAL"] == "/dev/null"
    assert env["HOME"] == "/nonexistent"
    assert env["GIT_ALLOW_PROTOCOL"] == "none"
    assert {"GIT_CONFIG_COUNT", "GIT_SSH_COMMAND", "GIT_ASKPASS"}.isdisjoint(env)


def test_only_a_repository_of_this_machine_is_asked_for_files():
    run = FakeRun()
    a_git(run).ask("file:///srv/a.git", told="file:../a.git")
    assert run.calls[0][1]["GIT_ALLOW_PROTOCOL"] == "file"


@pytest.mark.parametrize(
    ("err", "hint"),
    [
        (
            "fatal: could not read Username for 'https://me:s3@x': terminal prompts disabled",
            "netrc",
        ),
        ("fatal: unable to access 'https://me:s3@x/': Could not resolve host: x", "the network"),
        ("Host key verification failed.\nfatal: Could not read from remote", "known_hosts"),
        ("git@x: Permission denied (publickey).", "ssh-agent"),
    ],
)
def test_what_git_says_is_told_without_a_login(err, hint):
    with pytest.raises(RepositoryUnreachable) as caught:
        a_git(FakeRun(code=128, err=err)).ask(URL, told=URL)
    assert "s3" not in str(caught.value)
    assert hint in caught.value.hint


def test_no_git_is_one_error_with_a_way_out():
    def missing(argv, **_):
        raise ProgramMissing(argv[0])

    with pytest.raises(GitMissing) as caught:
        Git(environment={}, run=missing).ask(URL, told=URL)
    assert "install git" in caught.value.hint


@pytest.mark.parametrize(
    ("parent", "told", "url"),
    [
        (URL, "https://y.example/b", "https://y.example/b"),
        ("https://x.example/team/a.git", "../b.git", "https://x.example/team/b.git"),
        ("https://x.example/team/a.git", "../../../b.git", "https://x.example/b.git"),
        ("ssh://git@x.example:22/a.git", "./b", "ssh://git@x.example:22/a.git/b"),
        ("file:../libs/a.git", "../b.git", "file:../libs/b.git"),
    ],
)
def test_where_a_submodule_is_told_from(parent, told, url):
    assert joined_url(parent, told) == url


@pytest.mark.parametrize(
    ("file", "text", "asks"),
    [
        ("pyproject.toml", '[build-system]\nrequires = ["setuptools_scm>=8"]', True),
        ("pyproject.toml", '[build-system]\nrequires = ["hatchling", "hatch-vcs"]', True),
        ("pyproject.toml", '[tool.pdm.version]\nsource = "scm"', True),
        ("pyproject.toml", '[build-system]\nrequires = []\nbackend-path = ["."]', True),
        ("setup.py", 'subprocess.run(["git", "describe"])', True),
        ("setup.py", "import versioneer", True),
        ("setup.cfg", "[versioneer]\nVCS = git", True),
        ("pyproject.toml", '[build-system]\nrequires = ["hatchling"]', False),
        ("pyproject.toml", 'dependencies = ["a @ git+https://github.com/x/a.git"]', False),
        ("setup.py", 'setup(url="https://github.com/x/a", scripts=["digit"])', False),
        ("pyproject.toml", "[build-system", False),
        ("README.md", "setuptools_scm", False),
    ],
)
def test_whether_a_build_may_ask_git(tmp_path, file, text, asks):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / file).write_text(text)
    assert may_ask_git(tmp_path, "p") is asks
    assert may_ask_git(tmp_path / "p", "") is asks


def test_a_link_is_not_read_to_know_that(tmp_path):
    (tmp_path / "outside").write_text("setuptools_scm")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/setup.py").symlink_to(tmp_path / "outside")
    assert not may_ask_git(tmp_path / "tree", "")


POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1\n"


def test_pointers_are_found_by_how_they_begin(tmp_path):
    (tmp_path / ".git").mkdir()
    for name, text in {"a.bin": POINTER, ".git/b": POINTER, "c": f"x{POINTER}", "d": ""}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "large").write_text(POINTER + " " * 2000)
    assert pointers_in(tmp_path) == ("a.bin",)
    with zipfile.ZipFile(tmp_path / "x.whl", "w") as archive:
        archive.writestr("x/a.bin", POINTER)
        archive.writestr("x/b.py", "1")
        archive.writestr("x/c.bin", POINTER.partition("\n")[0])
    assert pointers_in_wheel(tmp_path / "x.whl") == {
        "x/a.bin": Pointer(sha256="0" * 64, size=1),
        "x/c.bin": None,
    }


def test_many_files_are_fetched_in_several_calls_and_none_is_told_as_a_pattern(tmp_path):
    told: list[str] = []
    tree, store = tmp_path / "tree", tmp_path / "store"
    tree.mkdir()
    content = b"large"
    wanted = sha256(content)
    kept = store / "lfs/objects" / wanted[:2] / wanted[2:4] / wanted
    names = [f"{number:04}{'x' * 96}" for number in range(1500)]
    for name in (*names, "a [b], c!*.bin"):
        (tree / name).write_text(POINTER.replace("0" * 64, wanted))

    def run(argv, **_):
        told.extend(word for word in argv if word.startswith("--include="))
        if "lfs" in argv:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(content)
        return Completed(argv=argv, code=0, out="", err="")

    git = Git(environment={}, run=run)
    filling = Filling(name="x", wanted={wanted}, git=git, progress=lambda _: None)
    filling.fill(tree, store, "https://x/a.git", "https://x/a.git", "c" * 40)
    assert len(told) > 1
    assert all(len(one) < 128 * 1024 for one in told)
    paths = [path for one in told for path in one.removeprefix("--include=").split(",")]
    assert sorted(paths) == sorted(["a??b???c??.bin", *names])
    assert (tree / "a [b], c!*.bin").read_bytes() == content


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("b @ git+https://x/b.git", "b"),
        ("b[y,x] @ file:///b ; python_version > '3'", 'b[x,y] ; python_version > "3"'),
        ("b>=2", "b>=2"),
        ("b >< x@y", "b >< x@y"),
    ],
)
def test_a_need_without_its_address(text, plain):
    assert plain_need(text) == plain


def test_a_plain_wheel_has_the_documents_alone(tmp_path):
    wheel = tmp_path / "x-1-py3-none-any.whl"
    body = "Requires-Dist: in the text @ stays\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("x/__init__.py", "1")
        archive.writestr("x/y.dist-info/METADATA", "no")
        archive.writestr(
            "x-1.dist-info/METADATA",
            f"Name: x\nRequires-Dist: b @ git+https://x/b.git\nRequires-Dist: c>1\n\n{body}",
        )
        archive.writestr("x-1.dist-info/WHEEL", "Wheel-Version: 1.0\n")
    (tmp_path / "to").mkdir()
    made = plain_wheel(wheel, tmp_path / "to")
    assert made.name == wheel.name
    with zipfile.ZipFile(made) as archive:
        assert archive.namelist() == ["x-1.dist-info/METADATA", "x-1.dist-info/WHEEL"]
        told = archive.read("x-1.dist-info/METADATA").decode()
    assert told == f"Name: x\nRequires-Dist: b\nRequires-Dist: c>1\n\n{body}"
