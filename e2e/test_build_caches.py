"""Build caches outside the engine: what one engine wrote, an engine that knows nothing takes instead of building."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from driver.command import Said, ops0
from driver.second_engine import can_be_started, copy_image, second_engine
from driver.worlds import small_index
from registries.github_cache import github_cache, token
from registries.server import Registry, free_port, registry

pytestmark = [pytest.mark.docker, pytest.mark.slow]

PIPELINE = """
import ops0


@ops0.step
def plain() -> int:
    return 1


@ops0.step
@ops0.requires("alpha")
def packed(plain: int) -> int:
    import alpha

    return plain
"""
# Sets IFF_UP of the loopback interface: a new network namespace has it down.
LOOPBACK_UP = "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sH22x', b'lo', 0x41))"
INSTRUCTIONS = ("runner", "alpha 2.0")


@dataclass(frozen=True)
class Other:
    """A second engine, which the tests may empty, and a registry that only it can reach."""

    address: str
    registry: Registry
    pid: int

    def forget(self) -> None:
        """Remove all step images and all that BuildKit keeps."""
        docker = ["docker", "--host", self.address]
        images = [*docker, "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "ops0/*/*"]
        tags = subprocess.check_output(images, text=True).split()
        if tags:
            subprocess.run([*docker, "image", "rm", *tags], check=True, capture_output=True)
        subprocess.run([*docker, "builder", "prune", "-af"], check=True, capture_output=True)


@pytest.fixture(scope="module")
def other() -> Iterator[Other]:
    if not can_be_started() or shutil.which("docker-registry") is None:
        if os.environ.get("CI"):
            pytest.fail("a second engine needs root and dockerd, and in CI it must run")
        pytest.skip("a second engine needs root, dockerd and docker-registry")
    folder = Path(tempfile.mkdtemp(prefix="ops0-e2e-"))  # a socket's path has at most 107 bytes
    try:
        with second_engine(folder) as address:
            copy_image("ops0-base:3.11", address)
            pid = int((folder / "docker.pid").read_text())
            up = ["nsenter", "--target", str(pid), "--net", sys.executable, "-c", LOOPBACK_UP]
            subprocess.run(up, check=True)
            with registry(folder / "registry", network_of=pid) as served:
                yield Other(address, served, pid)
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def indexed(tmp_path: Path, env: Mapping[str, str], other: Other) -> Iterator[dict[str, str]]:
    with small_index(tmp_path) as change:
        yield {**env, **change.env, "DOCKER_HOST": other.address}


def from_cache(said: Said) -> list[str]:
    assert said.code == 0, str(said)
    return [one for one in INSTRUCTIONS if f"{one}: from the cache" in said.err]


def digests(said: Said) -> dict[str, str]:
    return {step: image["digest"] for step, image in said.data["images"].items()}


def is_whole(cache: Path) -> bool:
    """Whether a folder has what its index names: BuildKit builds anew, with a word, where it has not."""
    named = json.loads((cache / "index.json").read_bytes())["manifests"]
    blobs = [cache / "blobs" / one["digest"].replace(":", "/") for one in named]
    return bool(blobs) and all(blob.is_file() for blob in blobs)


def test_an_engine_that_knows_nothing_takes_all_from_a_cache(
    tmp_path: Path, other: Other, indexed: dict[str, str]
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pipeline.py").write_text(PIPELINE)
    (project / "ops0.toml").write_text('name = "ops0-e2e-caches"\npython = "3.11"\n')
    ref = f"{other.registry.host}/team/cache:flow"

    def build(*options: str) -> Said:
        return ops0(["build", "--json", *options], folder=project, env=indexed)

    nothing = build("--cache-from", "type=local,src=cache", "--cache-from", ref)
    assert from_cache(nothing) == []
    assert f"{project}/cache/packed holds none yet" in nothing.err
    assert f"no cache: importing cache manifest from {ref}-packed" in nothing.err
    written = build("--cache-to", "type=local,dest=cache", "--cache-to", f"type=registry,ref={ref}")
    assert digests(written) == digests(nothing)
    assert sorted(one.name for one in (project / "cache").iterdir()) == ["packed", "plain"]
    assert all(map(is_whole, (project / "cache").iterdir()))
    for source in ("type=local,src=cache", ref):
        # BuildKit now and then runs what two targets share, a copy of small files, before it has read their caches.
        for _ in range(3):
            other.forget()
            taken = build("--cache-from", source)
            assert INSTRUCTIONS[-1] in from_cache(taken), str(taken)
            assert digests(taken) == digests(nothing)
            if from_cache(taken) == list(INSTRUCTIONS):
                break
        assert from_cache(taken) == list(INSTRUCTIONS), str(taken)
        assert all(image["built"] for image in taken.data["images"].values())
    other.forget()
    assert from_cache(build()) == []  # so it was the cache outside that gave them


def test_an_engine_that_knows_nothing_takes_all_from_githubs_cache(
    tmp_path: Path, other: Other, indexed: dict[str, str]
) -> None:
    """The service is a fake of our own: what is tried is what ops0, buildx and BuildKit do with it."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "pipeline.py").write_text(PIPELINE)
    (project / "ops0.toml").write_text('name = "ops0-e2e-gha"\npython = "3.11"\n')
    other.forget()
    with github_cache(free_port(), other.pid) as address:
        env = {
            **indexed,
            "ACTIONS_RUNTIME_TOKEN": token(),
            "ACTIONS_RESULTS_URL": address,
        }
        written = ops0(["build", "--json", "--cache-to", "type=gha"], folder=project, env=env)
        assert from_cache(written) == []
        other.forget()
        taken = ops0(["build", "--json", "--cache-from", "type=gha"], folder=project, env=env)
        assert from_cache(taken) == list(INSTRUCTIONS), str(taken)
        assert digests(taken) == digests(written)
        assert token() not in written.err + taken.err
