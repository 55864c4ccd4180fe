"""Locking and fetching with the real uv and pip against small indexes on loopback."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import pickle
import signal
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import handmade
import pytest

from ops0.core.errors import ErrorGroup, LockError
from ops0.core.locked import Target
from ops0.core.pipeline import Pipeline, Step, Where
from ops0_builder.lock import LockSettings, check_lock, fill_wheelhouse, lock_pipeline, read_lock
from ops0_builder.lock.errors import (
    BadRequirement,
    Conflict,
    FetchFailed,
    HashMismatch,
    IndexUnreachable,
    LockDamaged,
    NoFittingFile,
    NoSuchDistribution,
    RebuildDiffers,
    ResolverFailed,
    SourceBuildFailed,
)

TARGET = Target(python="3.11", platform="linux/amd64", glibc=(2, 36))


# ---- what indexes hold ------------------------------------------------------------------------


def a_wheel(
    name: str,
    version: str = "1.0",
    *requires: str,
    tag: str = "py3-none-any",
    extras: tuple[str, ...] = (),
    body: str = "",
) -> tuple[str, bytes]:
    """A small real wheel: (file name, bytes)."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    metadata += [f"Provides-Extra: {extra}" for extra in extras]
    metadata += [f"Requires-Dist: {text}" for text in requires]
    members = {
        f"{module}/__init__.py": f"__version__ = {version!r}\n{body}",
        f"{info}/METADATA": "\n".join(metadata) + "\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{member},,\n" for member in members)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for member, text in {**members, f"{info}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(member), text)
    return f"{module}-{version}-{tag}.whl", stream.getvalue()


BACKEND = """
import os, zipfile
def _requires(config_settings=None): return []
get_requires_for_build_wheel = _requires
def build_wheel(folder, config_settings=None, metadata_directory=None):
    if {fails}: raise SystemExit("no compiler here")
    name = "{module}-{version}-{tag}.whl"
    info = "{module}-{version}.dist-info"
    noise = open({noise!r}).read() if {noise!r} else ""
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("{module}/__init__.py", "BUILT = True  # " + noise)
        archive.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
        archive.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: {tag}\\n")
        archive.writestr(info + "/RECORD", "")
    return name
"""


def an_sdist(
    name: str,
    version: str = "1.0",
    *,
    tag: str = "py3-none-any",
    fails: bool = False,
    noise: str = "",
) -> tuple[str, bytes]:
    """A source archive with a build backend of its own, so that nothing else is needed to build it."""
    module = name.replace("-", "_")
    backend = BACKEND.format(
        name=name, module=module, version=version, tag=tag, fails=fails, noise=noise
    )
    files = {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
        f'[project]\nname = "{name}"\nversion = "{version}"\n',
        "own.py": backend,
        "PKG-INFO": f"Metadata-Version: 2.2\nName: {name}\nVersion: {version}\n",
    }
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for member, text in files.items():
            info = tarfile.TarInfo(f"{module}-{version}/{member}")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return f"{module}-{version}.tar.gz", stream.getvalue()


@dataclass
class Index:
    """A simple index on loopback. ``fault`` may answer a request itself: a status, ``reset``, or None for no."""

    files: dict[str, bytes] = field(default_factory=dict)
    hashes: bool = True
    password: str | None = None
    fault: Callable[[str, int], int | str | None] = lambda path, count: None
    asked: list[str] = field(default_factory=list)
    by_pip: list[str] = field(default_factory=list)
    port: int = 0

    def add(self, *made: tuple[str, bytes]) -> Index:
        self.files.update(dict(made))
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/simple"

    def page(self, name: str) -> tuple[str, bytes] | None:
        """What the index says of a name: as JSON with hashes and sizes, or as bare HTML."""
        mine = {
            filename: data
            for filename, data in sorted(self.files.items())
            if filename.split("-")[0].replace("_", "-").lower() == name
        }
        if not mine:
            return None
        if not self.hashes:
            links = (f'<a href="/files/{filename}">{filename}</a>' for filename in mine)
            return "text/html", ("<!DOCTYPE html>" + "<br>".join(links)).encode()
        files = [
            {
                "filename": filename,
                "url": f"/files/{filename}",
                "hashes": {"sha256": hashlib.sha256(data).hexdigest()},
                "size": len(data),
            }
            for filename, data in mine.items()
        ]
        document = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
        return "application/vnd.pypi.simple.v1+json", json.dumps(document).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        index: Index = self.server.index  # type: ignore[attr-defined]
        index.asked.append(self.path)
        if self.headers.get("User-Agent", "").startswith("pip/"):
            index.by_pip.append(self.path)
        fault = index.fault(self.path, index.asked.count(self.path))
        if fault == "reset":
            self.close_connection = True
            self.connection.close()
        elif isinstance(fault, int):
            self.answer(fault, b"")
        elif index.password and not self.knows(index.password):
            self.answer(401, b"")
        elif self.path.startswith("/simple/"):
            kind, data = index.page(self.path.split("/")[2]) or ("", b"")
            self.answer(200 if kind else 404, data, kind or "text/html")
        else:
            data = index.files.get(self.path.rsplit("/", 1)[-1])
            self.answer(404 if data is None else 200, data or b"")

    def knows(self, password: str) -> bool:
        said = self.headers.get("Authorization", "").removeprefix("Basic ")
        return base64.b64decode(said).decode().partition(":")[2] == password

    def answer(self, status: int, data: bytes, kind: str = "application/octet-stream") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="index"')
        self.end_headers()
        # uv hangs up once it has read the metadata at a wheel's end.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(data if self.command == "GET" else b"")

    do_HEAD = do_GET

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def serve() -> Iterator[Callable[[Index], Index]]:
    servers: list[ThreadingHTTPServer] = []

    def start(index: Index) -> Index:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.index = index  # type: ignore[attr-defined]
        index.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return index

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def index(serve, settings) -> Index:
    made = serve(Index())
    settings.setenv("PIP_INDEX_URL", made.url)
    return made


@pytest.fixture
def settings(tmp_path, monkeypatch) -> pytest.MonkeyPatch:
    """A user of this machine who has no settings at all."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_HTTP_RETRIES", "1")
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))
    return monkeypatch


# ---- what is locked ---------------------------------------------------------------------------


def a_step(name: str, *requirements: str, group: str | None = None, line: int = 1) -> Step:
    needs = tuple(
        handmade.a_need(text, Where("flow.py", line + number), imports=())
        for number, text in enumerate(requirements)
    )
    where = Where("flow.py", line)
    return handmade.a_step(name, module="flow", where=where, group=group, needs=needs, roots=())


def a_pipeline(*steps: Step) -> Pipeline:
    return handmade.a_pipeline(steps, entry="flow.py")


@dataclass
class Project:
    """A project with a lock folder."""

    root: Path
    lines: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.root / "ops0.lock"

    def lock(self, *steps: Step, targets=None, **settings):
        return lock_pipeline(
            a_pipeline(*steps),
            folder=self.folder,
            root=self.root,
            targets=targets or {step.name: TARGET for step in steps},
            settings=LockSettings(**settings),
            progress=self.lines.append,
        )

    def fill(self, lock, **options):
        return fill_wheelhouse(lock, root=self.root, progress=self.lines.append, **options)

    def text(self) -> str:
        files = sorted(self.folder.rglob("*")) if self.folder.exists() else []
        return "".join(path.read_text() for path in files) + "\n".join(self.lines)


@pytest.fixture
def project(tmp_path, settings) -> Project:
    root = tmp_path / "project"
    root.mkdir()
    return Project(root)


def versions(lock, step: str) -> dict[str, str]:
    return {entry.name: entry.version for entry in lock.step(step).distributions}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_steps_get_their_exact_part_of_one_joint_resolution(index, project):
    index.add(
        a_wheel("frame", "2.0", "arrays>=1"),
        a_wheel("frame", "1.0", "arrays>=1"),
        a_wheel("arrays", "1.5"),
        a_wheel("arrays", "3.0"),
        a_wheel("learn", "1.0", "arrays<2"),
        a_wheel("plot", "1.0"),
    )
    lock = project.lock(
        a_step("load", "frame"), a_step("train", "learn"), a_step("draw", "plot"), a_step("say")
    )
    assert versions(lock, "load") == {"frame": "2.0", "arrays": "1.5"}
    assert versions(lock, "train") == {"learn": "1.0", "arrays": "1.5"}
    assert versions(lock, "draw") == {"plot": "1.0"}
    assert versions(lock, "say") == {}
    wheel = lock.step("draw").distributions[0].wheel
    data = index.files["plot-1.0-py3-none-any.whl"]
    assert (wheel.sha256, wheel.size) == (sha256(data), len(data))
    assert "127.0.0.1" not in project.text()
    assert "://" not in project.text()


def test_a_current_lock_asks_nobody_and_stays_as_it_is(index, project):
    index.add(a_wheel("frame", "1.0"))
    steps = (a_step("load", "frame"),)
    lock = project.lock(*steps)
    before = {path.name: path.read_bytes() for path in project.folder.iterdir()}
    index.add(a_wheel("frame", "2.0"))
    index.asked.clear()
    assert project.lock(*steps) == lock
    assert index.asked == []
    assert {path.name: path.read_bytes() for path in project.folder.iterdir()} == before


def test_two_machines_lock_to_the_same_bytes(index, project, tmp_path, settings):
    index.add(a_wheel("frame", "1.0", "arrays"), a_wheel("arrays"), an_sdist("src"))
    steps = (a_step("load", "frame", "src"), a_step("b", "arrays"))
    project.lock(*steps)
    other = Project(tmp_path / "other")
    other.root.mkdir()
    settings.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache2"))
    settings.setenv("UV_CACHE_DIR", str(tmp_path / "uv2"))
    other.lock(*reversed(steps))
    assert sorted(path.name for path in project.folder.iterdir()) == [
        "flow.json",
        "pylock.b.toml",
        "pylock.load.toml",
    ]
    for path in project.folder.glob("*.toml"):
        assert (other.folder / path.name).read_bytes() == path.read_bytes()


def test_versions_are_kept_locked_then_installed_then_newest(index, project):
    index.add(*(a_wheel(name, v) for name in ("aa", "bb", "cc") for v in ("1.0", "2.0", "3.0")))
    first = project.lock(a_step("s", "aa"), installed={"AA": "1.0"})
    assert versions(first, "s") == {"aa": "1.0"}
    second = project.lock(a_step("s", "aa", "bb", "cc"), installed={"aa": "2.0", "bb": "2.0"})
    assert versions(second, "s") == {"aa": "1.0", "bb": "2.0", "cc": "3.0"}


def test_a_preference_that_cannot_hold_is_dropped(index, project):
    index.add(a_wheel("aa", "1.0"), a_wheel("aa", "2.0"))
    lock = project.lock(a_step("s", "aa>=2"), installed={"aa": "1.0", "other": "9", "bb": "0.1"})
    assert versions(lock, "s") == {"aa": "2.0"}
    with_gone = project.lock(a_step("t", "aa"), installed={"aa": "1.7"})
    assert versions(with_gone, "t") == {"aa": "2.0"}


def test_upgrade_moves_everything_or_what_is_named(index, project):
    index.add(*(a_wheel(name, "1.0") for name in ("aa", "bb-b")))
    steps = (a_step("s", "aa", "bb-b"),)
    project.lock(*steps)
    index.add(*(a_wheel(name, "2.0") for name in ("aa", "bb-b")))
    installed = {"aa": "1.0", "bb-b": "1.0"}
    named = project.lock(*steps, upgrade=frozenset({"BB_b"}), installed=installed)
    assert versions(named, "s") == {"aa": "1.0", "bb-b": "2.0"}
    everything = project.lock(*steps, upgrade="all", installed=installed)
    assert versions(everything, "s") == {"aa": "2.0", "bb-b": "2.0"}
    with pytest.raises(BadRequirement, match="nobody"):
        project.lock(*steps, upgrade=frozenset({"nobody"}))


def test_extras_go_only_to_the_step_that_asks_for_them(index, project):
    index.add(
        a_wheel("web", "1.0", "core", 'socks; extra == "proxy"', extras=("proxy",)),
        a_wheel("core"),
        a_wheel("socks"),
        a_wheel("client", "1.0", "web"),
    )
    lock = project.lock(a_step("a", "web[proxy]"), a_step("b", "web"), a_step("c", "client"))
    assert set(versions(lock, "a")) == {"web", "core", "socks"}
    assert set(versions(lock, "b")) == {"web", "core"}
    assert set(versions(lock, "c")) == {"web", "core", "client"}


def test_a_step_may_have_a_group_of_its_own(index, project):
    index.add(a_wheel("aa", "1.0"), a_wheel("aa", "2.0"))
    lock = project.lock(a_step("new", "aa>=2"), a_step("old", "aa<2", group="legacy"))
    assert versions(lock, "new") == {"aa": "2.0"}
    assert versions(lock, "old") == {"aa": "1.0"}


def test_steps_on_two_pythons_get_the_same_versions_where_they_can(index, project):
    index.add(
        a_wheel("aa", "1.0"),
        a_wheel("aa", "2.0", tag="cp312-cp312-manylinux_2_17_x86_64"),
        a_wheel("bb", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64"),
        a_wheel("bb", "1.0", tag="cp312-cp312-manylinux_2_17_x86_64"),
    )
    lock = project.lock(
        a_step("one", "aa", "bb"),
        a_step("two", "aa", "bb"),
        targets={"one": TARGET, "two": replace(TARGET, python="3.12")},
    )
    assert versions(lock, "one") == versions(lock, "two") == {"aa": "1.0", "bb": "1.0"}
    names = [lock.step(step).distributions[1].wheel.filename for step in ("one", "two")]
    assert [name.split("-")[2] for name in names] == ["cp311", "cp312"]


def test_platforms_get_a_lock_each_and_the_same_versions_where_they_can(index, project):
    index.add(
        a_wheel("both"),
        a_wheel("machine", tag="cp311-cp311-manylinux_2_17_x86_64"),
        a_wheel("machine", tag="cp311-cp311-manylinux_2_17_aarch64"),
    )
    step = a_step("x", "both", "machine")
    project.lock(step)
    first = (project.folder / "pylock.x.toml").read_bytes()
    index.add(a_wheel("both", "2.0"))
    arm = {"x": replace(TARGET, platform="linux/arm64")}
    lock = project.lock(step, targets=arm)
    assert versions(lock, "x") == {"both": "1.0", "machine": "1.0"}
    assert [one.wheel.filename for one in lock.step("x").distributions] == [
        "both-1.0-py3-none-any.whl",
        "machine-1.0-cp311-cp311-manylinux_2_17_aarch64.whl",
    ]
    assert (project.folder / "pylock.x.toml").read_bytes() == first
    assert (project.folder / "linux-arm64/pylock.x.toml").exists()

    assert versions(project.lock(step, upgrade="all"), "x")["both"] == "2.0"
    assert versions(project.lock(step, targets=arm), "x")["both"] == "1.0"  # locked, so it stays
    index.add(a_wheel("both", "3.0"))
    assert versions(project.lock(step, targets=arm, upgrade="all"), "x")["both"] == "2.0"


def test_the_wheel_fits_the_targets_libc(index, project):
    index.add(
        a_wheel("aa", tag="cp311-cp311-manylinux_2_17_x86_64"),
        a_wheel("aa", tag="cp311-cp311-manylinux_2_39_x86_64"),
    )
    old = project.lock(a_step("s", "aa"))
    new = project.lock(a_step("s", "aa"), targets={"s": replace(TARGET, glibc=(2, 41))})
    assert old.step("s").distributions[0].wheel.filename.endswith("2_17_x86_64.whl")
    assert new.step("s").distributions[0].wheel.filename.endswith("2_39_x86_64.whl")


# ---- what cannot be locked --------------------------------------------------------------------


def test_a_conflict_names_only_what_takes_part(index, project):
    index.add(
        a_wheel("aa", "1.0", "shared<2"),
        a_wheel("bb", "1.0", "shared>=2"),
        a_wheel("cc"),
        a_wheel("shared", "1.0"),
        a_wheel("shared", "2.0"),
    )
    with pytest.raises(Conflict) as caught:
        project.lock(a_step("x", "aa", "cc", line=3), a_step("y", "bb", line=9))
    assert caught.value.asked == (("x", "flow.py:3", "aa"), ("y", "flow.py:9", "bb"))
    assert "shared" in caught.value.explanation
    assert caught.value.exit_code == 23
    assert "127.0.0.1" not in str(caught.value)
    assert not project.folder.exists()


def test_unknown_names_and_versions_are_found_together(index, project):
    index.add(a_wheel("aa", "1.0"))
    with pytest.raises(ErrorGroup) as caught:
        project.lock(a_step("x", "nowhere", "aa>=7", "aa", line=3))
    facts = [(type(fault), fault.place, fault.name_known) for fault in caught.value.errors]
    assert facts == [
        (NoSuchDistribution, "flow.py:3", False),
        (NoSuchDistribution, "flow.py:4", True),
    ]
    assert caught.value.exit_code == 24


def test_a_distribution_without_a_file_for_the_target(index, project):
    index.add(a_wheel("aa", tag="cp39-cp39-manylinux_2_17_x86_64"), a_wheel("bb"))
    with pytest.raises(NoFittingFile) as caught:
        project.lock(a_step("x", "bb", "aa", line=3))
    assert caught.value.place == "flow.py:4"
    assert "Python 3.11 on linux/amd64" in str(caught.value)
    assert caught.value.exit_code == 25


def test_bad_requirements_are_found_together_before_anything_is_asked(index, project):
    with pytest.raises(ErrorGroup) as caught:
        project.lock(a_step("x", "a b", "c @ https://h.example/c.whl"))
    assert [type(fault) for fault in caught.value.errors] == [BadRequirement, BadRequirement]
    assert index.asked == []


def test_no_index_answers(index, project, settings):
    settings.setenv("PIP_INDEX_URL", "http://me:hunter2@127.0.0.1:1/simple")
    with pytest.raises(IndexUnreachable) as caught:
        project.lock(a_step("x", "aa"))
    assert caught.value.exit_code == 26
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("fault", [503, 500, "reset"])
def test_an_index_that_fails_is_not_taken_for_an_empty_one(index, project, fault):
    index.add(a_wheel("aa"))
    index.fault = lambda path, count: fault if path == "/simple/aa/" else None
    with pytest.raises(IndexUnreachable):
        project.lock(a_step("x", "aa"))
    index.fault = lambda path, count: fault if count == 1 else None
    assert versions(project.lock(a_step("x", "aa")), "x") == {"aa": "1.0"}


def test_a_setting_that_uv_refuses_is_no_network_error(index, project, settings):
    settings.setenv("UV_INDEX_STRATEGY", "nonsense")
    with pytest.raises(ResolverFailed) as caught:
        project.lock(a_step("x", "aa"))
    assert caught.value.exit_code == 29


# ---- the user's settings ----------------------------------------------------------------------


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


# ---- the wheelhouse ---------------------------------------------------------------------------


@pytest.fixture
def elsewhere(settings, tmp_path) -> Callable[[], None]:
    """Go to another machine: the lock stays, nothing is cached."""
    count = iter(range(100))

    def go() -> None:
        number = next(count)
        settings.setenv("OPS0_CACHE_DIR", str(tmp_path / f"cache-{number}"))
        settings.setenv("UV_CACHE_DIR", str(tmp_path / f"uv-{number}"))

    return go


def test_wheels_come_once_and_then_from_here(index, project, elsewhere):
    names = [f"p{number}" for number in range(7)]
    index.add(*(a_wheel(name) for name in names))
    lock = project.lock(a_step("x", *names), a_step("y", names[0]))
    elsewhere()
    files = project.fill(lock)
    assert {sha256(path.read_bytes()) for path in files.values()} == set(files)
    assert len(files) == 7
    index.asked.clear()
    assert project.fill(lock) == files
    assert index.asked == []


def test_only_the_wheels_of_named_steps_are_fetched(index, project, elsewhere):
    index.add(a_wheel("aa"), a_wheel("bb"))
    lock = project.lock(a_step("x", "aa"), a_step("y", "bb"))
    elsewhere()
    index.asked.clear()
    assert len(project.fill(lock, steps=["x"])) == 1
    assert not any("bb" in path for path in index.asked if path.startswith("/files/"))


@pytest.mark.parametrize("hashes", [True, False])
def test_a_tampered_file_is_refused_and_not_kept(index, project, elsewhere, tmp_path, hashes):
    index.add(a_wheel("aa"), a_wheel("bb"))
    lock = project.lock(a_step("x", "aa", "bb"))
    elsewhere()
    index.hashes = hashes
    evil = a_wheel("aa", body="evil")
    index.add(evil)
    with pytest.raises(HashMismatch) as caught:
        project.fill(lock)
    assert caught.value.filename == "aa-1.0-py3-none-any.whl"
    assert caught.value.actual == sha256(evil[1])
    assert caught.value.exit_code == 27
    kept = [
        path
        for path in Path(os.environ["OPS0_CACHE_DIR"]).rglob("*")
        if path.is_file() and path.name != ".lock"
    ]
    assert [path.name for path in kept] == ["bb-1.0-py3-none-any.whl"]


def test_a_damaged_wheel_is_fetched_again(index, project):
    index.add(a_wheel("aa"))
    lock = project.lock(a_step("x", "aa"))
    path = next(iter(project.fill(lock).values()))
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(whole[:-1] + b"x")
    assert next(iter(project.fill(lock).values())).read_bytes() == whole


@pytest.mark.parametrize("fault", [404, 503, "reset"])
def test_a_file_that_does_not_come_is_named(index, project, elsewhere, fault):
    index.add(a_wheel("aa"), a_wheel("bb"))
    lock = project.lock(a_step("x", "aa", "bb"))
    elsewhere()
    index.fault = lambda path, count: fault if "files/bb" in path else None
    with pytest.raises(FetchFailed) as caught:
        project.fill(lock)
    assert caught.value.distribution == "bb 1.0"
    index.fault = lambda path, count: None
    assert len(project.fill(lock)) == 2


def test_two_at_once_share_a_wheelhouse(index, project, elsewhere):
    index.add(*(a_wheel(f"p{number}") for number in range(4)))
    lock = project.lock(a_step("x", *(f"p{number}" for number in range(4))))
    elsewhere()
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: project.fill(lock), range(2))
    assert first == second
    assert {sha256(path.read_bytes()) for path in first.values()} == set(first)


CHILD = """
import pickle, sys
from pathlib import Path
from ops0_builder.lock import fill_wheelhouse
fill_wheelhouse(pickle.loads(Path(sys.argv[1]).read_bytes()), root=Path(sys.argv[2]))
"""


def test_ctrl_c_leaves_no_program_and_no_file(index, project, elsewhere, tmp_path):
    index.add(*(a_wheel(f"p{number}") for number in range(3)))
    lock = project.lock(a_step("x", "p0", "p1", "p2"))
    elsewhere()
    asked, ended = threading.Event(), threading.Event()

    def hang(path: str, count: int) -> int | None:
        if not path.startswith("/files/"):
            return None
        asked.set()
        ended.wait(60)
        return 503

    index.fault = hang
    (tmp_path / "lock.pickle").write_bytes(pickle.dumps(lock))
    argv = (sys.executable, "-c", CHILD, str(tmp_path / "lock.pickle"), str(project.root))
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as child:
        assert asked.wait(60)
        begin = time.monotonic()
        child.send_signal(signal.SIGINT)
        child.wait(30)
    ended.set()
    assert time.monotonic() - begin < 30
    cache = os.environ["OPS0_CACHE_DIR"]
    assert [path.name for path in Path(cache).rglob("*")] == ["wheels", ".lock"]
    assert programs_that_name(cache) == []


def programs_that_name(text: str) -> list[bytes]:
    """The command lines of running programs that hold a text."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            line = path.read_bytes()
            if text.encode() in line:
                found.append(line)
    return found


def test_a_locked_pipeline_needs_no_network(index, project, settings):
    index.add(a_wheel("aa"), an_sdist("src"))
    steps = (a_step("x", "aa", "src"),)
    files = project.fill(project.lock(*steps))
    settings.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    lock = read_lock(a_pipeline(*steps), folder=project.folder, targets={"x": TARGET})
    assert project.lock(*steps) == lock
    assert project.fill(lock) == files
    assert check_lock(a_pipeline(*steps), folder=project.folder, targets={"x": TARGET}) == ()


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


# ---- source archives --------------------------------------------------------------------------


def test_a_source_archive_becomes_a_wheel_and_says_so(index, project):
    index.add(an_sdist("src-only", "2.0"))
    lock = project.lock(a_step("x", "src-only"))
    entry = lock.step("x").distributions[0]
    data = index.files["src_only-2.0.tar.gz"]
    assert entry.sdist.sha256 == entry.wheel.built_from == sha256(data)
    assert entry.wheel.filename == "src_only-2.0-py3-none-any.whl"
    assert any("src-only 2.0" in line and "runs its code" in line for line in project.lines)
    path = project.fill(lock)[entry.wheel.sha256]
    with zipfile.ZipFile(path) as archive:
        assert b"BUILT" in archive.read("src_only/__init__.py")


def test_a_source_archive_is_built_again_elsewhere(index, project, elsewhere):
    index.add(an_sdist("src"))
    lock = project.lock(a_step("x", "src"))
    elsewhere()
    files = project.fill(lock)
    assert list(files) == [lock.step("x").distributions[0].wheel.sha256]


def test_a_rebuild_that_differs_is_an_error(index, project, elsewhere, tmp_path):
    noise = tmp_path / "noise"
    noise.write_text("one")
    index.add(an_sdist("src", noise=str(noise)))
    lock = project.lock(a_step("x", "src"))
    elsewhere()
    noise.write_text("two")
    with pytest.raises(RebuildDiffers) as caught:
        project.fill(lock)
    assert caught.value.expected == lock.step("x").distributions[0].wheel.sha256
    assert "not reproducible" in caught.value.hint


def test_a_relock_does_not_build_again(index, project):
    index.add(an_sdist("src"), a_wheel("aa"))
    first = project.lock(a_step("x", "src"))
    project.lines.clear()
    second = project.lock(a_step("x", "src", "aa"))
    assert first.step("x").distributions[0] == second.step("x").distributions[1]
    assert not any("runs its code" in line for line in project.lines)


def test_a_source_archive_that_is_here_is_not_fetched_again(index, project):
    index.add(an_sdist("src"))
    first = project.lock(a_step("x", "src"))
    assert "/files/src-1.0.tar.gz" in index.by_pip
    index.by_pip.clear()
    assert project.lock(a_step("x", "src"), upgrade="all") == first
    assert index.by_pip == []


def test_builds_can_be_forbidden(index, project):
    index.add(an_sdist("src"))
    with pytest.raises(NoFittingFile, match="may not be built"):
        project.lock(a_step("x", "src"), builds=False)


def test_a_build_that_fails_says_what_it_said(index, project):
    index.add(an_sdist("src", fails=True))
    with pytest.raises(SourceBuildFailed) as caught:
        project.lock(a_step("x", "src"))
    assert caught.value.distribution == "src 1.0"
    assert "no compiler here" in caught.value.said
    assert caught.value.exit_code == 28


def test_a_built_wheel_must_fit_the_target(index, project):
    index.add(an_sdist("src", tag="cp312-cp312-linux_x86_64"))
    with pytest.raises(SourceBuildFailed, match="does not fit"):
        project.lock(a_step("x", "src"))


def test_a_hand_edited_lock_is_refused_until_it_is_made_anew(index, project):
    index.add(a_wheel("aa"))
    steps = (a_step("x", "aa"),)
    whole = project.lock(*steps)
    path = project.folder / "pylock.x.toml"
    path.write_text(path.read_text().replace("size = ", "size = 1"))
    with pytest.raises(LockDamaged) as caught:
        project.lock(*steps)
    assert caught.value.field == "tool.ops0.digest"
    assert project.lock(*steps, upgrade="all") == whole
