"""``ops0 logs`` from another process than the one that runs."""

from __future__ import annotations

import os
import signal
import subprocess
import textwrap
import time
from pathlib import Path

import pytest
from driver.command import OPS0

PIPELINE = """
import os
import time
import ops0

@ops0.step
def load(pause: float = 1.5, until: str = ""):
    print("reading", flush=True)
    end = time.monotonic() + (60 if until else pause)
    while time.monotonic() < end and not (until and os.path.exists(until)):
        time.sleep(0.05)
    print("read")
    return 3

@ops0.step
def scale(load):
    print("scaling", load)
    return 2 * load
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "flow.py").write_text(textwrap.dedent(PIPELINE))
    return tmp_path


def ops0(*words: str) -> list[str]:
    return [OPS0, *words]


def start(project: Path, *words: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(ops0(*words), cwd=project, stdout=pipe, stderr=pipe, text=True)


def wait_for_log() -> None:
    state = Path(os.environ["OPS0_STATE_DIR"])
    end = time.monotonic() + 120
    while not any("reading" in log.read_text() for log in state.glob("runs/*/logs/load.1.log")):
        assert time.monotonic() < end
        time.sleep(0.05)


def logs(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ops0("logs", *words), cwd=project, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_live_run_is_followed_to_its_end(project: Path) -> None:
    run = start(project, "run", "flow.py", "--param", f"until={project / 'followed'}")
    wait_for_log()
    followed = start(project, "logs", "-f")
    of_one = start(project, "logs", "scale", "-f")
    assert followed.stdout is not None
    assert followed.stdout.readline() == "load | reading\n"
    (project / "followed").touch()  # the run goes on when it is seen, however slow this machine is
    run.communicate(timeout=180)
    assert run.returncode == 0
    out, err = followed.communicate(timeout=120)
    assert out == "load | read\nscale | scaling 3\n"
    assert "finished: 2 of 2 calls" in err
    assert of_one.communicate(timeout=120)[0] == "scaling 3\n"
    assert (followed.returncode, of_one.returncode) == (0, 0)
    # What has ended is shown whole, followed or not.
    assert logs(project, "-f").stdout == logs(project).stdout == "reading\nread\nscaling 3\n"


def test_following_a_run_that_is_killed_ends(project: Path) -> None:
    run = start(project, "run", "flow.py", "--param", "pause=600")
    wait_for_log()
    assert logs(project).stdout == "reading\n"
    assert "follow it with -f" in logs(project).stderr
    followed = start(project, "logs", "-f", "load")
    run.send_signal(signal.SIGKILL)
    run.communicate()
    out, err = followed.communicate(timeout=120)
    assert out == "reading\n"
    assert "killed" in err
    # Without an engine: the run was one of processes, and tests beside this one use the engine.
    env = {**os.environ, "DOCKER_HOST": f"unix://{project}/none.sock"}
    subprocess.run(ops0("gc"), cwd=project, env=env, capture_output=True, check=False)


def test_wrong_names_say_which_there_are(project: Path) -> None:
    assert "start one: ops0 run" in logs(project).stderr
    subprocess.run(
        ops0("run", "flow.py", "--param", "pause=0"), cwd=project, capture_output=True, check=True
    )
    wrong = logs(project, "train")
    assert wrong.returncode == 59
    assert "load, scale" in wrong.stderr
    assert logs(project, "20200101-000000-aaaaaa").returncode == 57
