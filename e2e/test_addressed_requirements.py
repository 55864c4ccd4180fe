"""A step that needs a file at an address with a login: its image, its bundle without a network, and no login."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker_client import docker
from driver.command import Said, ops0
from driver.engine_images import images_of
from driver.no_network import NO_NETWORK
from locking import Index, a_wheel, an_sdist
from locking.index import serving

pytestmark = pytest.mark.docker

PIPELINE = """\
import ops0


@ops0.step
@ops0.requires("built-lib @ {archive}")
def tell() -> dict:
    import acme_lib
    import built_lib

    return {{"version": acme_lib.__version__, "built": built_lib.BUILT}}
"""
PASSWORD = "s3cr3t-of-files"


@pytest.fixture(autouse=True)
def own_images() -> Iterator[None]:
    yield
    if tags := images_of("addressed-e2e"):
        docker("rmi", *tags)


@pytest.fixture
def server() -> Iterator[Index]:
    with serving(Index(password=PASSWORD)) as found:
        yield found


def a_project(folder: Path, server: Index) -> Path:
    wheel, archive = a_wheel("acme-lib", "1.5"), an_sdist("built-lib")
    server.add(wheel, archive)
    start = f"http://127.0.0.1:{server.port}/files"
    folder.mkdir()
    (folder / "ops0.toml").write_text('name = "addressed-e2e"\npipeline = "flow.py"\n')
    (folder / "flow.py").write_text(PIPELINE.format(archive=f"{start}/{archive[0]}"))
    # As `uv lock` writes it: the hash stands in the lock alone.
    url = f"{start}/{wheel[0]}"
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "flow"\nversion = "0"\ndependencies = ["acme-lib"]\n'
        f'[tool.uv.sources]\nacme-lib = {{ url = "{url}" }}\n'
    )
    sha256 = hashlib.sha256(wheel[1]).hexdigest()
    (folder / "uv.lock").write_text(
        f'version = 1\n[[package]]\nname = "acme-lib"\nversion = "1.5"\nsource = {{ url = "{url}" }}\n'
        f'wheels = [\n    {{ url = "{url}", hash = "sha256:{sha256}" }},\n]\n'
    )
    return folder


def with_login(env: dict[str, str], home: Path) -> dict[str, str]:
    home.mkdir()
    (home / "netrc").write_text(f"machine 127.0.0.1 login me password {PASSWORD}\n")
    return {**env, "NETRC": str(home / "netrc")}


def test_it_is_built_and_runs_from_a_bundle_without_a_network(
    tmp_path: Path, env: dict[str, str], server: Index
) -> None:
    project = a_project(tmp_path / "project", server)
    env = {**env, "OPS0_CACHE_DIR": str(tmp_path / "cache"), "PIP_NO_CACHE_DIR": "1"}
    refused = ops0(["lock"], folder=project, env=env)
    assert (refused.code, "netrc" in refused.err) == (26, True), refused
    known = with_login(env, tmp_path / "home")
    built = ops0(["build", "--json"], folder=project, env=known)
    assert built.code == 0, built
    locked = (project / "ops0.lock/pylock.tell.toml").read_text()
    assert locked.count("source = { url = ") == 2
    path = tmp_path / "flow.ops0"
    server.asked.clear()
    made = ops0(["bundle", "create", "-o", str(path)], folder=project, env=env)
    again = ops0(["build", "--json"], folder=project, env=env)
    assert (made.code, again.code, server.asked) == (0, 0, []), (made, again)
    said = [built, made, ops0(["inspect", "tell", "--sbom"], folder=project, env=env)]
    assert "acme_lib-1.5-py3-none-any.whl" in said[2].out, said[2]
    assert_untold(tmp_path, path, said)
    docker("rmi", *images_of("addressed-e2e"))
    shutil.rmtree(project)
    elsewhere = {**env, "OPS0_CACHE_DIR": str(tmp_path / "empty")}
    ran = ops0(["run", str(path), "--offline"], folder=tmp_path, env=elsewhere, prefix=NO_NETWORK)
    assert ran.code == 0, ran
    assert json.loads(ran.out) == {"version": "1.5", "built": True}
    assert server.asked == []


def assert_untold(folder: Path, bundle: Path, said: list[Said]) -> None:
    """The password stands in nothing that ops0 made or said."""
    tags = [one for one in images_of("addressed-e2e") if one.startswith("ops0/")]
    told = [docker("image", "inspect", *tags), docker("history", "--no-trunc", tags[0])]
    assert not any(PASSWORD in text for text in (*told, *map(str, said)))
    places = (folder / "project", folder / "cache")
    kept = [one for place in places for one in place.rglob("*") if one.is_file()]
    assert not any(PASSWORD.encode() in one.read_bytes() for one in (bundle, *kept))
