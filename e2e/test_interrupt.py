"""Ctrl-C: the run ends, and the engine holds nothing of it any more."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest
from driver.command import OPS0, ops0
from driver.leftovers import engine_objects, processes, runs

PIPELINE = """\
import time

import ops0


@ops0.step
def first() -> int:
    return 1


@ops0.step
def wait(first: int) -> int:
    print("waiting now", flush=True)
    time.sleep(600)
    return first
"""
STOPS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
PATIENCE = 120.0  # seconds


def it_waits(state: Path) -> bool:
    """Whether the second step's own words are in its log."""
    return any("waiting now" in path.read_text() for path in state.rglob("*.log"))


def until_it_waits(process: subprocess.Popen[str], state: Path) -> None:
    """Return when the second step waits. Fails where the run ends or takes too long."""
    end = time.monotonic() + PATIENCE
    while not it_waits(state):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "the step never began"
        time.sleep(0.1)


def read_until(terminal: int, state: Path) -> None:
    """Read what a terminal shows until the second step waits: nobody may write to one that nobody reads."""
    end = time.monotonic() + PATIENCE
    while not it_waits(state):
        assert time.monotonic() < end, "the step never began"
        while select.select([terminal], [], [], 0.1)[0]:
            os.read(terminal, 65536)


@pytest.mark.docker
@pytest.mark.parametrize("mode", [(), ("--containers",)], ids=["processes", "containers"])
@pytest.mark.parametrize("number", STOPS)
def test_a_signal_ends_the_run_and_leaves_nothing(
    mode: tuple[str, ...], number: signal.Signals, tmp_path: Path, env: dict[str, str], state: Path
) -> None:
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    process = subprocess.Popen(
        [OPS0, "run", "pipeline.py", *mode],
        cwd=tmp_path,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        until_it_waits(process, state)
        run = runs(state)
        if mode:
            assert any(found.startswith("container ") for found in engine_objects(run))
            assert any(found.startswith("volume ") for found in engine_objects(run))
        else:
            assert len(processes(str(state))) >= 2
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130, err
        assert out == ""
        assert "Traceback" not in err
        assert engine_objects(run) == ()
        assert processes(str(state)) == ()
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.mark.docker
@pytest.mark.parametrize("mode", [(), ("--containers",)], ids=["processes", "containers"])
def test_a_terminal_that_is_closed_ends_the_run_and_leaves_nothing(
    mode: tuple[str, ...], tmp_path: Path, env: dict[str, str], state: Path
) -> None:
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execve(OPS0, [str(OPS0), "run", "pipeline.py", *mode], env)
    try:
        read_until(terminal, state)
        run = runs(state)
    finally:
        os.close(terminal)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code == 130
    assert engine_objects(run) == ()
    assert processes(str(state)) == ()


ANEW = (("--no-cache",), "images that were there are as they were: the same command begins anew")
ON = ((), "layers and wheels that were finished are kept: the same command goes on from there")


@pytest.mark.docker
@pytest.mark.parametrize(
    ("number", "options", "kept"),
    [(number, *ANEW) for number in STOPS] + [(signal.SIGINT, *ON)],
)
def test_a_signal_ends_the_build_and_leaves_no_tag(
    number: signal.Signals, options: tuple[str, ...], kept: str, tmp_path: Path, env: dict[str, str]
) -> None:
    """A signal killed ops0 at once: buildx went on, and tags of unproven images stayed."""
    name = f"stopped-{number.name.lower()}"
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    (tmp_path / "ops0.toml").write_text(f'name = "{name}"\npython = "3.11"\n')
    process = subprocess.Popen(
        [OPS0, "build", *options],
        cwd=tmp_path,
        env={**env, "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.endswith(": building\n"):
            break
    process.send_signal(number)
    told = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert number == signal.SIGHUP or told.endswith(f"ops0: stopped\nhint: {kept}\n")
    assert processes(f"ops0/{name}/") == ()
    # Its own alone: an engine that lists all of them fails where somebody removes one meanwhile.
    images = ["docker", "images", f"ops0/{name}/*", "--format", "{{.Repository}}:{{.Tag}}"]
    tags = subprocess.run(images, capture_output=True, text=True, check=True).stdout
    assert tags == ""


def test_a_lock_that_holds_is_said_to(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    assert ops0(["lock", "pipeline.py"], folder=tmp_path, env=env).code == 0
    checked = ops0(["lock", "pipeline.py", "--check"], folder=tmp_path, env=env)
    told = "ops0.lock is up to date: it has what all 2 steps of pipeline need\n"
    assert (checked.code, checked.err) == (0, told), checked
    assert "up to date" not in checked.out
