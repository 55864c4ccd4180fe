"""Images built from a carried folder of wheels where no index can be reached, and what is refused there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from driver.command import Said, ops0
from driver.no_network import NO_NETWORK

pytestmark = pytest.mark.docker

PIPELINE = """\
import ops0


@ops0.step
@ops0.requires("packaging", "pluggy")
def newer() -> bool:
    import pluggy
    from packaging.version import Version

    return bool(pluggy) and Version("2.0") > Version("1.0")
"""


def images() -> list[str]:
    argv = ["docker", "images", "ops0/wheelhouse-e2e/*", "--format", "{{.Repository}}:{{.Tag}}"]
    return subprocess.run(
        argv, capture_output=True, text=True, timeout=60, check=True
    ).stdout.split()


@pytest.fixture(autouse=True)
def own_images() -> Iterator[None]:
    yield
    if tags := images():
        subprocess.run(["docker", "rmi", *tags], capture_output=True, timeout=120, check=True)


def held_against_advisories(project: Path, env: dict[str, str]) -> None:
    """The image's vulnerabilities are told by its lock and a file, where no network is."""
    told = {
        "id": "X-1",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "Pluggy"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
            }
        ],
    }
    osv = project.parent / "osv"
    osv.mkdir()
    (osv / "X-1.json").write_text(json.dumps(told))
    ask = ["inspect", "newer", "--vulnerabilities", str(osv)]
    said = ops0([*ask, "--json"], folder=project, env=env, prefix=NO_NETWORK)
    assert said.code == 0, said
    assert [one["name"] for one in said.data["vulnerabilities"]] == ["pluggy"]
    failed = ops0([*ask, "--fail-on", "critical"], folder=project, env=env, prefix=NO_NETWORK)
    assert (failed.code, "X-1" in failed.out) == (39, True), failed


def test_it_builds_and_runs_where_no_index_is(tmp_path: Path, env: dict[str, str]) -> None:
    project, wheels = tmp_path / "project", tmp_path / "wheels"
    project.mkdir()
    (project / "ops0.toml").write_text('name = "wheelhouse-e2e"\npipeline = "flow.py"\n')
    (project / "flow.py").write_text(PIPELINE)
    locked = ops0(["lock", "--wheelhouse", str(wheels)], folder=project, env=env)
    assert locked.code == 0, locked
    names = sorted(path.name.partition("-")[0] for path in wheels.iterdir())
    assert names == ["packaging", "pluggy"]
    other = {**env, "OPS0_CACHE_DIR": str(tmp_path / "cache")}

    def inside(*arguments: str) -> Said:
        return ops0(
            [*arguments, "--wheelhouse", str(wheels)], folder=project, env=other, prefix=NO_NETWORK
        )

    held = {path: path.read_bytes() for path in wheels.iterdir()}
    for path in held:
        path.unlink()
    empty = inside("build")
    assert empty.code == 26, empty
    assert all(path.name in empty.err for path in held), empty
    for path, data in held.items():
        path.write_bytes(data + b"x")
    wrong = inside("build")
    assert (wrong.code, wrong.err.count("not what the lock says")) == (27, 2), wrong
    assert images() == []
    for path, data in held.items():
        path.write_bytes(data)
    said = inside("run", "--containers")
    assert said.code == 0, said
    assert json.loads(said.out) is True
    assert len(images()) == 1
    assert inside("build", "--json").data["images"]["newer"]["built"] is False
    held_against_advisories(project, other)
    (project / "flow.py").write_text(PIPELINE.replace('"pluggy"', '"pluggy", "iniconfig"'))
    stale = inside("build")
    assert (stale.code, "iniconfig" in stale.err) == (21, True), stale
    unfit = ops0(["run", "--wheelhouse", str(wheels)], folder=project, env=env)
    assert (unfit.code, "--containers" in unfit.err) == (2, True), unfit
