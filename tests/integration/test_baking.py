"""What ops0 makes of buildx's failures: a `docker` of our own on the PATH plays them. No engine."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from ops0.core.errors import Ops0Error
from ops0.core.pipeline import StepName
from ops0.host.engine_errors import EngineFull
from ops0.host.engine_socket import EngineSocket
from ops0_builder.build_errors import BuildxUnusable, StepBuildFailed
from ops0_builder.building.baking import Build, bake
from ops0_builder.building.build_events import BuildEvent
from ops0_builder.planning.bake import Target
from ops0_builder.planning.context import Context
from ops0_builder.planning.tree import BuildTree

LOAD = StepName("load")
TREE = BuildTree(
    targets={LOAD: cast("Target", SimpleNamespace(name="load"))},  # buildx is told no more of it
    bake={},
    contexts={},
    systems={},
    tools=Context(name="tools"),
    stages={"package-x-1": ("load",)},
    titles={"package-x-1": "x 1.0"},
    pipeline="flow",
)
RUN = "[load package-x-1 2/2] RUN install"


def vertex(error: str) -> str:
    one = {"digest": "sha256:1", "name": RUN, "started": "2026-01-01T00:00:00Z", "error": error}
    log = {"vertex": "sha256:1", "data": base64.b64encode(b"the reason\n").decode()}
    return json.dumps({"vertexes": [one], "logs": [log]})


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a program in docker's place; its argv is kept beside it, one call a line."""

    def place(body: str) -> Path:
        program = tmp_path / "bin" / "docker"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/calls\n{body}\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=":")
        return tmp_path / "calls"

    return place


def baked(folder: Path) -> list[BuildEvent] | Ops0Error:
    events: list[BuildEvent] = []
    engine = EngineSocket.from_environment({"DOCKER_HOST": "unix:///nowhere"})
    try:
        build = Build(tree=TREE, folder=folder, engine=engine, on_event=events.append)
        bake(build, {LOAD: "ops0/flow/load:1"})
    except Ops0Error as fault:
        return fault
    return events


def test_every_line_is_read_before_the_end(docker: Callable[[str], Path], tmp_path: Path) -> None:
    docker(f"for n in $(seq 500); do echo '{vertex('')}' >&2; done; cat >{tmp_path}/document")
    events = baked(tmp_path)
    assert isinstance(events, list)
    assert len(events) == 501  # the instruction once, and each log
    assert (tmp_path / "document").read_bytes() == TREE.bake_json


def test_a_failing_instruction(docker: Callable[[str], Path], tmp_path: Path) -> None:
    docker(f"echo '{vertex('exit code: 1')}' >&2; exit 1")
    fault = baked(tmp_path)
    assert isinstance(fault, StepBuildFailed)
    assert (fault.steps, fault.instruction, fault.log) == (("load",), "RUN install", "the reason")


def test_a_failing_instruction_is_told_by_what_it_was_to_make(
    docker: Callable[[str], Path], tmp_path: Path
) -> None:
    said = vertex("process 'python3 -IB install.py' did not complete successfully: exit code: 2")
    (tmp_path / "said").write_text(said)
    docker(f"cat {tmp_path}/said >&2; exit 1")
    fault = baked(tmp_path)
    assert isinstance(fault, StepBuildFailed)
    assert str(fault) == "image of load: x 1.0 could not be laid out: exit code: 2\nthe reason"
    assert fault.layer == "x 1.0"
    assert "another version" in str(fault.hint)


def test_a_lost_snapshot_is_tried_once_more(docker: Callable[[str], Path], tmp_path: Path) -> None:
    lost = vertex("parent snapshot sha256:77 does not exist: not found")
    calls = docker(
        f"[ -e {tmp_path}/once ] && exit 0; touch {tmp_path}/once; echo '{lost}' >&2; exit 1"
    )
    assert isinstance(baked(tmp_path), list)
    assert len(calls.read_text().splitlines()) == 2


def test_a_snapshot_lost_twice_is_a_failure(docker: Callable[[str], Path], tmp_path: Path) -> None:
    lost = vertex("parent snapshot sha256:77 does not exist: not found")
    calls = docker(f"echo '{lost}' >&2; exit 1")
    assert isinstance(baked(tmp_path), StepBuildFailed)
    assert len(calls.read_text().splitlines()) == 2


LEFT = "failed to rename: rename /d/snapshots/new-77 /d/snapshots/{}: file exists"


def test_what_a_killed_engine_left_in_its_store_is_got_over_one_by_one(
    docker: Callable[[str], Path], tmp_path: Path
) -> None:
    lines = "".join(f"{vertex(LEFT.format(n))}\n" for n in (26, 27, 28))
    (tmp_path / "left").write_text(lines)
    calls = docker(
        f"cd {tmp_path}; [ -s left ] || exit 0; head -1 left >&2; sed -i 1d left; exit 1"
    )
    assert isinstance(baked(tmp_path), list)
    assert len(calls.read_text().splitlines()) == 4


def test_a_store_that_stays_as_it_was_left_is_a_failure(
    docker: Callable[[str], Path], tmp_path: Path
) -> None:
    calls = docker(f"echo '{vertex(LEFT.format(26))}' >&2; exit 1")
    assert isinstance(baked(tmp_path), StepBuildFailed)
    assert len(calls.read_text().splitlines()) == 8


def test_a_full_disk(docker: Callable[[str], Path], tmp_path: Path) -> None:
    docker(f"echo '{vertex('write /x: no space left on device')}' >&2; exit 1")
    assert isinstance(baked(tmp_path), EngineFull)


@pytest.mark.parametrize(
    ("version", "fact"),
    [("exit 1", "not installed"), ("echo github.com/docker/buildx v0.12.1 abc", "v0.12")],
)
def test_no_buildx_or_an_old_one(
    docker: Callable[[str], Path], tmp_path: Path, version: str, fact: str
) -> None:
    docker(
        f'case "$*" in "buildx version") {version}; exit;; esac; echo unknown flag >&2; exit 125'
    )
    fault = baked(tmp_path)
    assert isinstance(fault, BuildxUnusable)
    assert fact in fault.fact


def test_another_failure_shows_what_was_said(docker: Callable[[str], Path], tmp_path: Path) -> None:
    docker('case "$*" in "buildx version") echo v0.29.1; exit;; esac; echo odd thing >&2; exit 3')
    fault = baked(tmp_path)
    assert isinstance(fault, StepBuildFailed)
    assert fault.log == "odd thing"


def test_no_docker_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    fault = baked(tmp_path)
    assert isinstance(fault, BuildxUnusable)
    assert "no `docker` command" in fault.fact
