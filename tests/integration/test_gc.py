"""What ``ops0 gc`` finds and removes on the real engine, and what it must leave alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alone import alone
from docker_client import docker
from driver.command import OPS0

from ops0.host.engine_socket import EngineSocket
from ops0.host.leftovers import Leftover
from ops0.host.owner import OTHERS_SECONDS, Owner, owner_labels, this_process
from ops0.runtime.engines.clean import remove_orphans
from ops0.runtime.engines.docker_engine import connect
from ops0.runtime.sweeping.leftovers import STALE_SECONDS, engine_leftovers
from ops0_builder.building.unproven import unproven_mark
from ops0_builder.engine.engine_images import image_id, image_tags
from ops0_builder.sweeping.leftovers import tag_leftovers
from ops0_builder.sweeping.old_images import image_leftovers

pytestmark = pytest.mark.docker
BASE = "ops0-base:3.11"
ME = this_process()
GONE = replace(ME, started=ME.started + 1)


def labels_of(owner: Owner, state: str | None = None) -> tuple[str, ...]:
    """As ops0 would label what that owner makes, with this test's state folder or another."""
    state = this_process().state if state is None else state
    return tuple(f"{k}={v}" for k, v in owner_labels(replace(owner, state=state)).items())


@pytest.fixture
def mark() -> Iterator[str]:
    """What all names of this test carry; it removes what still does."""
    mark = f"ops0-gc-{uuid.uuid4().hex[:8]}"
    yield mark
    for name in docker("ps", "-aq", "--filter", f"label=test={mark}").split():
        docker("rm", "-f", name)
    for name in docker("volume", "ls", "-q", "--filter", f"label=test={mark}").split():
        docker("volume", "rm", "-f", name)
    for tag in image_tags(EngineSocket.from_environment(), f"ops0/{mark}/*"):
        docker("rmi", "-f", tag)


def container(mark: str, name: str, *labels: str, image: str = BASE, run: str = "pass") -> str:
    options = [part for label in (f"test={mark}", *labels) for part in ("--label", label)]
    full = f"{mark}-{name}"
    docker("run", "-d", "--pull=never", "--name", full, *options, image, "python3", "-c", run)
    return full


def volume(mark: str, name: str, owner: Owner, state: str | None = None) -> str:
    labels = (f"test={mark}", *labels_of(owner, state))
    options = [part for label in labels for part in ("--label", label)]
    return docker("volume", "create", *options, f"{mark}-{name}")


def own(found: Iterator[Leftover], mark: str) -> list[Leftover]:
    return [one for one in found if mark in one.name]


def names(found: list[Leftover]) -> set[tuple[str, str]]:
    return {(one.kind, one.name) for one in found}


def test_containers_and_volumes_go_with_their_owner(engine: EngineSocket, mark: str) -> None:
    owner = labels_of(GONE)
    left = {
        (
            "container",
            container(mark, "step", *owner, "ops0.run=r", run="import time; time.sleep(600)"),
        ),
        ("container", container(mark, "proof", *owner, "ops0.kind=proof")),
        ("volume", volume(mark, "values", GONE)),
    }
    container(mark, "alive", *labels_of(ME), "ops0.kind=probe")
    container(mark, "foreign", *labels_of(replace(GONE, machine="elsewhere")))
    container(mark, "no-owner", "ops0.kind=proof")
    volume(mark, "in-use", ME)
    found = own(engine_leftovers(engine, time.time()), mark)
    assert names(found) == left
    assert [one.kind for one in found] == ["container", "container", "volume"]
    assert all(one.size is not None for one in found)
    assert all(one.remove() for one in found)
    assert own(engine_leftovers(engine, time.time()), mark) == []
    stay = docker("ps", "-a", "--filter", f"label=test={mark}", "--format", "{{.Names}}")
    assert set(stay.split()) == {f"{mark}-{name}" for name in ("alive", "foreign", "no-owner")}
    later = own(engine_leftovers(engine, time.time() + STALE_SECONDS + 60), mark)
    assert names(later) == {("container", f"{mark}-no-owner")}


def test_what_another_state_folder_left_is_for_that_folder_to_remove(
    engine: EngineSocket, mark: str
) -> None:
    """Two users of one engine: what one of them may still go on with is not for the other to take."""
    named = container(mark, "step", *labels_of(GONE, "another"), run="import time; time.sleep(600)")
    values = volume(mark, "values", GONE, "another")
    remove_orphans(connect())
    assert own(engine_leftovers(engine, time.time()), mark) == []
    both = {("container", named), ("volume", values)}
    tomorrow = time.time() + OTHERS_SECONDS + 60
    assert names(own(engine_leftovers(engine, tomorrow), mark)) == both
    found = own(engine_leftovers(engine, time.time(), others=True), mark)
    assert names(found) == both
    assert all(one.remove() for one in found)


def test_a_volume_that_somebody_uses_stays(engine: EngineSocket, mark: str) -> None:
    name = volume(mark, "values", GONE)
    docker(
        *("run", "-d", "--pull=never", "--label", f"test={mark}", "--name", f"{mark}-user"),
        *("-v", f"{name}:/data", BASE, "python3", "-c", "import time; time.sleep(600)"),
    )
    (one,) = own(engine_leftovers(engine, time.time()), mark)
    assert not one.remove()
    assert docker("volume", "ls", "-q", "--filter", f"name={name}") == name


KILLED = """
    import os, sys
    from ops0.host.engine_socket import EngineSocket
    from ops0_builder.engine.once import run_once
    print("up", flush=True)
    argv = ("python3", "-c", "import time; time.sleep(600)")
    labels = {"ops0.kind": "proof", "test": sys.argv[1]}
    run_once(EngineSocket.from_environment(), sys.argv[2], argv, labels=labels, timeout=600)
"""


def test_the_proof_of_a_killed_build_goes(engine: EngineSocket, mark: str) -> None:
    argv = [sys.executable, "-c", textwrap.dedent(KILLED), mark, BASE]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as build:
        try:
            query = ("ps", "-q", "--no-trunc", "--filter", f"label=test={mark}")
            end = time.monotonic() + 60
            while not docker(*query) and time.monotonic() < end:
                time.sleep(0.1)
            number = docker(*query)
            name = docker("inspect", "--format", "{{.Name}}", number).lstrip("/")
            assert own(engine_leftovers(engine, time.time()), name) == []
        finally:
            build.kill()
    (one,) = own(engine_leftovers(engine, time.time()), name)
    assert one.remove()
    assert docker("ps", "-aq", "--filter", f"label=test={mark}") == ""


def step_image(folder: Path, mark: str, tag: str, content: str) -> str:
    """A small image as a step's: the base, its labels and a layer of its own."""
    (folder / "content").write_text(content)
    (folder / "Dockerfile").write_text(
        f"FROM {BASE}\nLABEL ops0.kind=step test={mark}\nCOPY content /content\n"
    )
    name = f"ops0/{mark}/{tag}"
    docker("buildx", "build", "--quiet", "--load", "--provenance=false", "--tag", name, str(folder))
    return name


@pytest.fixture
def nobody_cleans_up() -> Iterator[None]:
    """A tag that a killed build has left is anybody's to remove: no test beside this one cleans up meanwhile."""
    with alone("gc"):
        yield


@pytest.mark.usefixtures("nobody_cleans_up")
def test_tags_of_killed_builds_go_and_proved_images_stay(
    engine: EngineSocket, mark: str, tmp_path: Path
) -> None:
    proved = step_image(tmp_path, mark, "a:1111", "proved")
    made = time.time()
    left = f"ops0/{mark}/a:{unproven_mark(GONE, made, 'aa')}"
    building = f"ops0/{mark}/a:{unproven_mark(ME, made, 'bb')}"
    own_bytes = step_image(tmp_path, mark, f"b:{unproven_mark(GONE, made, 'cc')}", "x" * 50_000)
    for tag in (left, building):
        docker("tag", proved, tag)
    found = {one.name: one for one in own(tag_leftovers(engine), mark)}
    assert set(found) == {left, own_bytes}
    assert found[left].size == 0  # its image has another name
    assert 50_000 <= (found[own_bytes].size or 0) < 200_000
    assert all(one.remove() for one in found.values())
    assert set(image_tags(engine, f"ops0/{mark}/*")) == {proved, building}


def test_old_images_go_but_none_that_a_container_uses(
    engine: EngineSocket, mark: str, tmp_path: Path
) -> None:
    tags = [step_image(tmp_path, mark, f"a:{n}", f"{n}" * 30_000) for n in range(5)]
    other = step_image(tmp_path, mark, "b:1", "other")
    foreign = f"ops0/{mark}/a:mine"
    docker("tag", BASE, foreign)
    ended = container(mark, "ended", image=tags[1])
    docker("wait", ended)
    pattern = f"ops0/{mark}/*"
    found = list(image_leftovers(engine, 2, pattern))
    assert [one.name for one in found] == [tags[0], tags[2]]
    assert all(30_000 <= (one.size or 0) < 200_000 for one in found)
    now = time.time()
    assert list(image_leftovers(engine, 2, pattern, before=now - 3600)) == []
    older = image_leftovers(engine, 2, pattern, before=now + 60)
    assert [one.name for one in older] == [tags[0], tags[2]]
    wanted = image_leftovers(engine, 2, pattern, named=frozenset({tags[0]}))
    assert [one.name for one in wanted] == [tags[2]]
    container(mark, "late", image=tags[2], run="import time; time.sleep(600)")
    assert [one.remove() for one in found] == [True, False]
    assert image_id(engine, tags[0]) is None
    stay = {*tags[1:], other, foreign}
    assert set(image_tags(engine, pattern)) == stay
    assert [one.name for one in image_leftovers(engine, 0, pattern)] == [*tags[3:], other]


def gc(folder: Path, *argv: str, **env: str) -> subprocess.CompletedProcess[str]:
    own_folders = {"OPS0_CACHE_DIR": f"{folder}/cache", "OPS0_STATE_DIR": f"{folder}/state"}
    return subprocess.run(
        [OPS0, "gc", *argv],
        cwd=folder,
        env={**os.environ, **own_folders, **env},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def a_killed_run(folder: Path) -> tuple[Path, subprocess.Popen[bytes]]:
    """As a run in processes leaves it: values, logs, and a step that goes on."""
    run = folder / "state/runs/20260102-030405-a1b2c3"
    (run / "work/values").mkdir(parents=True)
    (run / "work/values/x").write_bytes(b"1234567")
    (run / "logs").mkdir()
    (run / "owner").write_text(f"{GONE}\n")
    step = subprocess.Popen(["sleep", "600"], start_new_session=True)
    started = Path(f"/proc/{step.pid}/stat").read_text().rpartition(")")[2].split()[19]
    (run / "work/processes").write_text(f"{step.pid} {started}\n")
    return run, step


def test_the_command_names_all_and_removes_nothing_when_dry(tmp_path: Path) -> None:
    run, step = a_killed_run(tmp_path)
    try:
        said = gc(tmp_path, "--dry-run", "--json", "--images", "--keep", "1000000")
        assert said.returncode == 0, said.stderr
        told: list[dict[str, Any]] = json.loads(said.stdout)
        (work,) = [one for one in told if one["kind"] == "work"]
        assert work["name"] == str(run / "work")
        assert work["size"] >= 7
        assert said.stderr.startswith(f"{len(told)} would be removed, ")
        assert (run / "work/values/x").exists()
        assert step.poll() is None
    finally:
        step.kill()
        step.wait()


def test_without_an_engine_what_needs_none_is_removed(tmp_path: Path) -> None:
    run, step = a_killed_run(tmp_path)
    try:
        said = gc(tmp_path, DOCKER_HOST=f"unix://{tmp_path}/none.sock")
        assert said.returncode == 61, said.stderr
        assert f"{run}/work" in said.stdout
        assert "1 removed, " in said.stderr
        assert "Traceback" not in said.stderr
        assert step.wait(timeout=10) == -9
        assert not (run / "work").exists()
        assert (run / "logs").is_dir()
    finally:
        step.kill()
        step.wait()


def test_old_wheels_go_without_an_engine_and_none_when_dry(tmp_path: Path) -> None:
    folders = [tmp_path / f"cache/wheels/{d * 2}/{d * 64}" for d in "ab"]
    for folder, days in zip(folders, (40, 2), strict=True):
        folder.mkdir(parents=True)
        (folder / "x-1.0-py3-none-any.whl").write_bytes(b"1" * 2000)
        then = time.time() - days * 24 * 3600
        os.utime(folder, (then, then))
    none = {"DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    dry = gc(tmp_path, "--dry-run", "--older-than", "30d", "--json", **none)
    assert json.loads(dry.stdout) == [
        {"kind": "wheel", "name": f"{folders[0]}/x-1.0-py3-none-any.whl", "size": 2000}
    ]
    assert all(folder.exists() for folder in folders)
    gc(tmp_path, "--older-than", "30d", **none)
    assert [folder.exists() for folder in folders] == [False, True]
    gc(tmp_path, "--max-size", "1kB", **none)
    assert [folder.exists() for folder in folders] == [False, False]
    wrong = gc(tmp_path, "--older-than", "soon", **none)
    assert (wrong.returncode, "'--older-than': 'soon' is not a duration" in wrong.stderr) == (
        2,
        True,
    )
