"""A user who has no settings, an index, a project, and another machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from locking import Index, Project, a_folder, a_wheel
from locking.index import serving
from locking.repositories import GitServer, a_repository, by_http, commit


@pytest.fixture
def serve() -> Iterator[Callable[..., Index]]:
    with ExitStack() as servers:
        yield lambda index, tls=None: servers.enter_context(serving(index, tls))


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


@pytest.fixture
def project(tmp_path, settings) -> Project:
    root = tmp_path / "project"
    root.mkdir()
    return Project(root)


@pytest.fixture
def elsewhere(settings, tmp_path) -> Callable[[], None]:
    """Go to another machine: the lock stays, nothing is cached."""
    count = iter(range(100))

    def go() -> None:
        number = next(count)
        settings.setenv("OPS0_CACHE_DIR", str(tmp_path / f"cache-{number}"))
        settings.setenv("UV_CACHE_DIR", str(tmp_path / f"uv-{number}"))

    return go


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    (tmp_path / "served").mkdir()
    with by_http(tmp_path / "served") as found:
        yield found


@pytest.fixture
def acme(server, index) -> Path:
    index.add(a_wheel("helper"))
    folder = a_folder(a_repository(server.folder / "acme.git"), "acme-lib", "helper")
    commit(folder)
    return folder


@pytest.fixture
def url(server, acme) -> str:
    return f"acme-lib @ git+{server.url('acme.git')}"
