"""A step that needs what only a private repository has: its image, its bundle without a network, and no login."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker_client import docker
from driver.command import ops0
from driver.engine_images import images_of
from driver.no_network import NO_NETWORK
from locking import a_folder
from locking.repositories import GitServer, a_repository, by_http, commit

pytestmark = pytest.mark.docker

PIPELINE = """\
import ops0


@ops0.step
def tell() -> dict:
    import acme_lib

    return {"x": acme_lib.X}
"""
LOGIN = "me:s3cr3t-of-git"


@pytest.fixture(autouse=True)
def own_images() -> Iterator[None]:
    yield
    if tags := images_of("git-e2e"):
        docker("rmi", *tags)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    with by_http(tmp_path / "served") as found:
        found.login = LOGIN
        yield found


def a_project(folder: Path, server: GitServer) -> Path:
    lib = a_folder(a_repository(server.folder / "mono.git") / "packages/acme", "acme-lib")
    commit(lib, "v1.0")
    (lib / "src/acme_lib/__init__.py").write_text("X = 2\n")
    commit(lib)
    folder.mkdir()
    (folder / "ops0.toml").write_text('name = "git-e2e"\npipeline = "flow.py"\n')
    (folder / "flow.py").write_text(PIPELINE)
    source = f'git = "{server.url("mono.git")}", tag = "v1.0", subdirectory = "packages/acme"'
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "flow"\nversion = "0"\ndependencies = ["acme-lib"]\n'
        f"[tool.uv.sources]\nacme-lib = {{ {source} }}\n"
    )
    return folder


def with_login(env: dict[str, str], home: Path) -> dict[str, str]:
    """As CI has it: a setting of the user's own that puts the token into addresses."""
    home.mkdir()
    (home / "gitconfig").write_text(
        f'[url "http://{LOGIN}@127.0.0.1:"]\n\tinsteadOf = http://127.0.0.1:\n'
    )
    return {**env, "GIT_CONFIG_GLOBAL": str(home / "gitconfig")}


def test_it_is_built_and_runs_from_a_bundle_without_a_network(
    tmp_path: Path, env: dict[str, str], server: GitServer
) -> None:
    project = a_project(tmp_path / "project", server)
    env = {**env, "OPS0_CACHE_DIR": str(tmp_path / "cache")}
    refused = ops0(["lock"], folder=project, env=env)
    assert (refused.code, "credential helper" in refused.err) == (26, True), refused
    known = with_login(env, tmp_path / "home")
    built = ops0(["build", "--json"], folder=project, env=known)
    assert built.code == 0, built
    locked = (project / "ops0.lock/pylock.tell.toml").read_text()
    assert 'ref = "refs/tags/v1.0"' in locked
    path = tmp_path / "flow.ops0"
    made = ops0(["bundle", "create", "-o", str(path)], folder=project, env=known)
    assert made.code == 0, made
    told = [built, made, ops0(["inspect", "tell", "--sbom"], folder=project, env=known)]
    assert "mono.git" in told[2].out, told[2]
    (tag,) = (one for one in images_of("git-e2e") if one.startswith("ops0/"))
    kept = [one for one in (project, env_folder(env)) for one in one.rglob("*") if one.is_file()]
    texts = [docker("image", "inspect", tag), docker("history", "--no-trunc", tag), *map(str, told)]
    assert not any("s3cr3t" in text for text in texts)
    assert not any(b"s3cr3t" in one.read_bytes() for one in (path, *kept))
    docker("rmi", *images_of("git-e2e"))
    shutil.rmtree(project)
    shutil.rmtree(server.folder)
    elsewhere = {**env, "OPS0_CACHE_DIR": str(tmp_path / "empty")}
    said = ops0(["run", str(path), "--offline"], folder=tmp_path, env=elsewhere, prefix=NO_NETWORK)
    assert said.code == 0, said
    assert json.loads(said.out) == {"x": 1}, "the tag's, not the branch's"


def env_folder(env: dict[str, str]) -> Path:
    return Path(env["OPS0_CACHE_DIR"])
