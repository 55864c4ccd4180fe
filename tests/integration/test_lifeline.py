"""A step in a process ends with the ops0 that started it, however that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from driver.command import OPS0

PIPELINE = """
import multiprocessing, os, pathlib, signal, subprocess, sys, time
import ops0


def spin():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


@ops0.step
def deaf() -> int:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    forked = multiprocessing.get_context("fork").Process(target=spin)
    forked.start()
    told = pathlib.Path(os.environ["TOLD"])
    told.with_suffix(".new").write_text(f"{os.getpid()} {child.pid} {forked.pid}")
    told.with_suffix(".new").rename(told)
    spin()
"""
HELD = """
import os, sys
from ops0_runner import lifeline
if sys.argv[2] == "thread":
    lifeline._SET_SIGNAL = None
lifeline.hold(int(sys.argv[1]))
print("held", flush=True)
while True:
    pass
"""


def ended(pid: int) -> bool:
    """Whether a process is gone, or somebody's zombie, within ten seconds."""
    for _ in range(1000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
        time.sleep(0.01)
    return False


def appears(path: Path) -> bool:
    until = time.monotonic() + 120
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.02)
    return path.exists()


@pytest.mark.parametrize("options", [[], ["--isolate"]])
def test_a_step_that_hears_nothing_ends_with_a_killed_ops0(
    tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / "flow.py").write_text(PIPELINE)
    told = tmp_path / "told"
    folders = {"OPS0_CACHE_DIR": str(tmp_path / "cache"), "OPS0_STATE_DIR": str(tmp_path / "state")}
    with subprocess.Popen(
        [OPS0, "run", "flow.py", *options],
        cwd=tmp_path,
        env={**os.environ, **folders, "TOLD": str(told)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as run:
        assert appears(told), run.kill() or run.communicate()[1]
        run.kill()
    assert run.returncode == -signal.SIGKILL
    pids = [int(pid) for pid in told.read_text().split()]
    assert [ended(pid) for pid in pids] == [True, True, True]


@pytest.mark.parametrize("way", ["signal", "thread"])
@pytest.mark.parametrize("early", [False, True])
def test_the_end_of_the_pipe_is_the_end(way: str, early: bool) -> None:
    """``early``: whoever held the other end was gone before anybody took hold of this one."""
    mine, theirs = os.pipe()
    if early:
        os.close(theirs)
    argv = [sys.executable, "-c", HELD, str(mine), way]
    with subprocess.Popen(
        argv, pass_fds=(mine,), stdout=subprocess.PIPE, start_new_session=True
    ) as held:
        assert held.stdout is not None
        if not early:
            assert held.stdout.readline() == b"held\n"
            assert held.poll() is None
            os.close(theirs)
        assert held.wait(30) == -signal.SIGKILL
    os.close(mine)


@pytest.mark.parametrize("way", ["signal", "thread"])
def test_steps_side_by_side_all_end(way: str) -> None:
    """They inherit one end of one pipe."""
    mine, theirs = os.pipe()
    argv = [sys.executable, "-c", HELD, str(mine), way]
    steps = [
        subprocess.Popen(argv, pass_fds=(mine,), stdout=subprocess.PIPE, start_new_session=True)
        for _ in range(3)
    ]
    try:
        for one in steps:
            assert one.stdout is not None
            assert one.stdout.readline() == b"held\n"
        os.close(theirs)
        assert [one.wait(30) for one in steps] == [-signal.SIGKILL] * 3
    finally:
        os.close(mine)
        for one in steps:
            with one:
                one.kill()


def test_what_a_step_starts_does_not_inherit_it() -> None:
    mine, theirs = os.pipe()
    os.set_inheritable(mine, True)
    code = (
        "import subprocess, sys; from ops0_runner import lifeline; lifeline.hold(int(sys.argv[1]));"
        "print(subprocess.run(['ls', '/proc/self/fd'], stdout=subprocess.PIPE, close_fds=False).stdout.decode())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(mine)],
        pass_fds=(mine,),
        capture_output=True,
        text=True,
        start_new_session=True,
        check=True,
    )
    os.close(mine)
    os.close(theirs)
    assert str(mine) not in done.stdout.split()
