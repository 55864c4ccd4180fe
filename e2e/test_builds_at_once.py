"""Builds beside each other share what is kept on a machine, and one that its engine deserts leaves nothing wrong."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import pytest
from driver.command import Said, ops0
from driver.second_engine import can_be_started, copy_image, second_engine

pytestmark = pytest.mark.docker

PIPELINE = """\
import ops0


@ops0.step
@ops0.requires("packaging", "pluggy")
def first() -> str:
    import pluggy
    from packaging.version import Version

    return str(Version("2.0")) + pluggy.__name__


@ops0.step
@ops0.requires("packaging", "iniconfig")
def second(first: str) -> str:
    import iniconfig
    import packaging

    return first + {name!r}
"""
SECONDS = 120.0


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Makes a locked project of that name; in the end its images are gone from the engine."""
    names: list[str] = []

    def make(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "ops0.toml").write_text(f'name = "{name}"\npipeline = "flow.py"\n')
        (folder / "flow.py").write_text(PIPELINE.replace("{name!r}", repr(name)))
        names.append(name)
        return folder

    yield make
    for name in names:
        if tags := images(name, os.environ):
            subprocess.run(["docker", "rmi", *tags], capture_output=True, timeout=120, check=True)


def images(name: str, env: Mapping[str, str]) -> list[str]:
    argv = ["docker", "images", f"ops0/{name}/*", "--format", "{{.Repository}}:{{.Tag}}"]
    done = subprocess.run(
        argv, capture_output=True, text=True, timeout=60, check=True, env=dict(env)
    )
    return sorted(done.stdout.split())


def built(said: Said) -> dict[str, tuple[str, bool]]:
    """step -> digest, and whether this build made it."""
    assert said.code == 0, said
    return {step: (one["digest"], one["built"]) for step, one in said.data["images"].items()}


def test_builds_of_one_project_and_of_two_share_a_cold_cache(
    project: Callable[[str], Path], env: dict[str, str], tmp_path: Path
) -> None:
    own = {**env, "OPS0_CACHE_DIR": str(tmp_path / "cold")}
    one, two = project("at-once-one"), project("at-once-two")
    for folder in (one, two):  # the lock is not what is tried here: it fills another cache
        locked = ops0(["lock"], folder=folder, env=env)
        assert locked.code == 0, locked
    together = Barrier(3)

    def build(folder: Path) -> Said:
        together.wait(60)
        return ops0(["build", "--json"], folder=folder, env=own)

    with ThreadPoolExecutor(3) as pool:
        told = [built(said) for said in pool.map(build, (one, one, two))]
    assert {step: digest for step, (digest, _) in told[0].items()} == {
        step: digest for step, (digest, _) in told[1].items()
    }
    assert [told[0][step][1] + told[1][step][1] for step in told[0]] == [1, 1], "each made once"
    assert told[2]["second"][0] != told[0]["second"][0]
    for folder in (one, two):
        tags = images(folder.name, own)
        assert len(tags) == 2
        assert not any("unproven" in tag for tag in tags)
        ran = ops0(["run", "--containers"], folder=folder, env=own)
        assert (ran.code, ran.out.strip()) == (0, f"2.0pluggy{folder.name}"), ran
    wheels = [path.name for path in (tmp_path / "cold/wheels").rglob("*") if path.is_file()]
    assert sorted(name.partition("-")[0] for name in wheels if name != ".lock") == [
        "iniconfig",
        "packaging",
        "pluggy",
    ]
    half = [path for path in (tmp_path / "cold/contexts").iterdir() if path.name.startswith(".")]
    assert half == []


@pytest.fixture
def engine_folder() -> Iterator[Path]:
    if not can_be_started():
        if os.environ.get("CI"):
            pytest.fail("a second engine needs root and dockerd, and in CI it must run")
        pytest.skip("a second engine needs root and dockerd")
    folder = Path(tempfile.mkdtemp(prefix="ops0-e2e-"))  # a socket's path has at most 107 bytes
    yield folder
    shutil.rmtree(folder)


def kill_engine(folder: Path, address: str) -> None:
    """End that engine as a fall of power does, and wait until it is gone."""
    daemon = int((folder / "docker.pid").read_text())
    argv = Path(f"/proc/{daemon}/cmdline").read_text()
    assert address in argv, "never another engine"
    os.kill(daemon, signal.SIGKILL)
    (folder / "docker.pid").unlink()


def test_the_build_after_a_killed_engine_is_right(
    project: Callable[[str], Path],
    env: dict[str, str],
    cache: Path,
    engine_folder: Path,
) -> None:
    folder = project("killed-engine")
    locked = ops0(["lock"], folder=folder, env=env)
    assert locked.code == 0, locked
    own = {**env, "OPS0_CACHE_DIR": str(cache)}
    with second_engine(engine_folder) as address:
        copy_image("ops0-base:3.11", address)
        own["DOCKER_HOST"] = address
        with ThreadPoolExecutor(1) as pool:
            build = pool.submit(ops0, ["build"], folder=folder, env=own)
            seen = wait_for_bake(engine_folder, build.done)
            kill_engine(engine_folder, address)
            said = build.result(SECONDS)
    assert seen, said
    assert (said.code, "cannot reach Docker" in said.err) == (61, True), said
    assert "hint:" in said.err, said
    for left in ("docker.sock", "exec/containerd/containerd.pid"):
        with suppress(FileNotFoundError):
            (engine_folder / left).unlink()
    with second_engine(engine_folder) as address:
        before = images(folder.name, own)
        assert all("unproven" in tag for tag in before), "an image gets its tag when it is proved"
        after = built(ops0(["build", "--json"], folder=folder, env=own))
        tags = images(folder.name, own)
        assert len(tags) == 2
        assert not any("unproven" in tag for tag in tags)
        anew = built(ops0(["build", "--no-cache", "--json"], folder=folder, env=own))
        assert {step: one[0] for step, one in anew.items()} == {
            step: one[0] for step, one in after.items()
        }


def wait_for_bake(folder: Path, is_over: Callable[[], bool]) -> bool:
    """Whether BuildKit in that engine began to work on layers while the build went on."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and not is_over():
        if any((folder / "data/buildkit").glob("executor/*/")):
            return True
        time.sleep(0.01)
    return False
