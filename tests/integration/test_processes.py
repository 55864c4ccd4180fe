"""Runs in processes: the real runner, no Docker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
from handmade import a_call, a_chain, a_need, a_pipeline, a_step

import ops0
from ops0.core.pipeline import CallId, Pipeline
from ops0.runtime.engines.left_processes import MARK, end_strays
from ops0.runtime.engines.streams import MAX_LOG_LINE
from ops0.runtime.errors import StepCrashed, StepFailed, StepResultFault, StepTimedOut
from ops0.runtime.orchestrator import run_pipeline
from ops0.runtime.outputs.results import Stored
from ops0.runtime.processes import ProcessEngine
from ops0.runtime.report import Report
from ops0.runtime.runs import kept_runs, run_folder

STEPS = """
import os, pathlib, subprocess, sys, time

def number(x=0, seconds=0.0):
    print("counting")
    time.sleep(seconds)
    return x + 1

def fails(x=0):
    def inner():
        raise ValueError("no rows")
    inner()

def pair():
    return {"a": 1}, object_of()

class Thing:
    pass

def object_of():
    return Thing()

def leaves_child():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    return child.pid

def leaves_daemon():
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    )
    return child.pid

def ends_at_once():
    os._exit(0)

def endless():
    os.write(1, b"y" * 300_000)

def segfault():
    os.kill(os.getpid(), 11)

def lock():
    import threading
    return threading.Lock()

def file():
    path = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / "plot.txt"
    path.write_text("a plot")
    return path
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pipeline.py").write_text(STEPS)
    (folder / "json.py").write_text(
        "raise RuntimeError('the runner must not import the user\\'s json')"
    )
    return folder


def run(project: Path, pipeline: Pipeline) -> Report:
    return run_pipeline(pipeline, ProcessEngine(project))


def nothing_left() -> bool:
    return not any(run_folder(run).work.exists() for run in kept_runs())


def test_values_go_from_process_to_process(project: Path) -> None:
    (project / "json.py").unlink()
    report = run(project, a_chain(("a", "number", {"x": 4}), ("b", "number", {"x": "a"})))
    assert report.results == {"b": 6}
    assert report.folder.log(CallId("a"), 1).read_text() == "counting\n"
    assert nothing_left()


EDITED = """
from pathlib import Path

import ops0


@ops0.step
def first():
    mine = Path(__file__)
    mine.write_text(mine.read_text().replace("+ 1", "+ 1000"))
    return 0


@ops0.step
def plus(n):
    return n + 1


@ops0.pipeline
def flow():
    return plus(plus(plus(plus(plus(first())))))
"""


def test_a_file_that_is_edited_during_a_run_changes_nothing_in_it(tmp_path: Path) -> None:
    # Steps that started later ran the new text, and @ops0.cache kept what it gave as the old one's result.
    path = tmp_path / "pipeline.py"
    path.write_text(EDITED)
    assert ops0.run(path, mode="local") == 5
    assert "+ 1000" in path.read_text()


def test_a_failure_names_the_users_own_line(project: Path) -> None:
    (project / "json.py").unlink()
    with pytest.raises(StepFailed) as caught:
        run(project, a_chain(("a", "fails", {})))
    line = STEPS.splitlines().index('        raise ValueError("no rows")') + 1
    assert caught.value.failure.where == f"pipeline.py:{line}"
    assert caught.value.message.startswith(
        f"pipeline.py:{line}: step 'a' failed: ValueError: no rows"
    )
    assert "ops0_runner" not in caught.value.failure.traceback
    assert nothing_left()


def test_a_step_that_fails_where_it_lacks_what_it_needs_says_so(project: Path) -> None:
    (project / "json.py").unlink()
    step = a_step("fails", needs=(a_need("nobody-has-it>=1", imports=("nobody_has_it",)),))
    with pytest.raises(StepFailed) as caught:
        run(project, a_pipeline([step], [a_call("fails")]))
    assert "pip install 'nobody-has-it>=1'" in str(caught.value.hint)


def test_a_users_file_does_not_become_the_runners_library(project: Path) -> None:
    """A project with a json.py: the runner has its own json before the user's folder is on the path."""
    assert run(project, a_chain(("a", "number", {"x": 1}))).results == {"a": 2}


def test_a_users_file_that_breaks_the_runner_is_named(project: Path) -> None:
    """The runner imports some of Python's modules late, and gets the file that has the name of one."""
    (project / "json.py").unlink()
    (project / "resource.py").write_text("raise RuntimeError('not yours')\n")
    with pytest.raises(StepCrashed) as caught:
        run(project, a_chain(("a", "number", {"x": 1})))
    assert "rename resource.py: it hides Python's own module of that name" in str(caught.value.hint)


def test_what_is_not_json_stays_in_its_files(project: Path) -> None:
    (project / "json.py").unlink()
    result = run(project, a_chain(("a", "pair", {}))).results[CallId("a")]
    assert isinstance(result, tuple)
    assert result[0] == {"a": 1}
    assert isinstance(result[1], Stored)
    assert result[1].type.endswith("Thing")


def test_a_line_without_an_end_is_kept_in_pieces(project: Path) -> None:
    (project / "json.py").unlink()
    report = run(project, a_chain(("a", "endless", {})))
    lines = report.folder.log(CallId("a"), 1).read_text().splitlines()
    assert "".join(lines) == "y" * 300_000
    assert max(map(len, lines)) == MAX_LOG_LINE


@pytest.mark.parametrize("step", ["leaves_child", "leaves_daemon"])
def test_children_end_with_their_step(project: Path, step: str) -> None:
    (project / "json.py").unlink()
    begin = time.monotonic()
    child = run(project, a_chain(("a", step, {}))).results[CallId("a")]
    assert isinstance(child, int)
    assert not is_alive(child)
    assert time.monotonic() - begin < 200


def test_what_has_left_its_session_is_known_by_its_mark(tmp_path: Path) -> None:
    output = tmp_path / "work" / "values" / "a" / "1"
    sleeps = [sys.executable, "-c", "import time; time.sleep(600)"]
    mine, other = (
        subprocess.Popen(sleeps, env={**os.environ, MARK: f"{where}"}, start_new_session=True)
        for where in (output, output.with_name("10"))
    )
    try:
        end_strays(output)
        assert mine.wait(20) == -signal.SIGKILL
        assert other.poll() is None
        end_strays(output.parents[2])
        assert other.wait(20) == -signal.SIGKILL
    finally:
        for one in (mine, other):
            one.kill()
            one.wait()


@pytest.mark.parametrize(
    ("step", "error", "says"),
    [
        ("ends_at_once", StepCrashed, "left no result"),
        ("segfault", StepCrashed, "SIGSEGV"),
        ("lock", StepResultFault, "lock"),
    ],
)
def test_each_bad_end_has_its_class(
    project: Path, step: str, error: type[Exception], says: str
) -> None:
    (project / "json.py").unlink()
    with pytest.raises(error, match=says):
        run(project, a_chain(("a", step, {})))
    assert nothing_left()


def test_a_step_that_takes_too_long_is_stopped(project: Path) -> None:
    (project / "json.py").unlink()
    with pytest.raises(StepTimedOut):
        run(project, a_chain(("a", "number", {"seconds": 60}), timeout=0.5))
    assert nothing_left()


def test_a_file_is_a_result(project: Path) -> None:
    (project / "json.py").unlink()
    report = run(project, a_chain(("a", "file", {})))
    result = report.results[CallId("a")]
    assert isinstance(result, Stored)
    assert result.path.read_text() == "a plot"
    assert result.preview == result.path.name


SCRIPT = """
    import sys
    from pathlib import Path
    sys.path.append(sys.argv[1])
    from handmade import a_call, a_chain, a_need, a_pipeline, a_step
    from ops0.runtime.orchestrator import run_pipeline
    from ops0.runtime.processes import ProcessEngine
    def hear(event):
        if event.kind == "attempt.log":
            print("GO", flush=True)
    run_pipeline(
        a_chain(("a", "number", {"seconds": 600}), ("b", "number", {"x": "a"})),
        ProcessEngine(Path(sys.argv[2])), on_event=hear)
"""
TESTS = Path(__file__).parents[1]


@pytest.fixture
def running(project: Path) -> Any:
    """A run in a process of its own, up to the moment when its step works."""
    (project / "json.py").unlink()
    argv = [sys.executable, "-c", textwrap.dedent(SCRIPT), str(TESTS), str(project)]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "GO\n"
        yield program
        program.kill()


def test_ctrl_c_leaves_nothing(running: subprocess.Popen[str]) -> None:
    children = children_of(running.pid)
    assert len(children) == 2
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=120)
    assert err.strip().splitlines()[-1].startswith("KeyboardInterrupt: to go on with it: ")
    assert not any(is_alive(child) for child in children)
    assert nothing_left()


def test_the_next_run_removes_what_a_killed_one_left(
    running: subprocess.Popen[str], project: Path
) -> None:
    children = children_of(running.pid)
    running.kill()
    running.wait()
    assert not nothing_left()
    killed = kept_runs()[-1]
    assert ProcessEngine(project).remove_orphans() == (killed,)
    assert nothing_left()
    time.sleep(0.1)
    assert not any(is_alive(child) for child in children)
    assert ProcessEngine(project).remove_orphans() == ()


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def test_a_step_gets_its_secrets_and_leaves_none_behind(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "json.py").unlink()
    monkeypatch.setenv("HERE", "correct-horse-battery")
    source = (
        "import os\nEARLY = os.environ.get('A')\ndef uses():\n    print('with', os.environ['A'])\n"
    )
    source += "    return [EARLY, len(os.environ['A'])]\ndef gives():\n    return os.environ['A']\n"
    (project / "pipeline.py").write_text(source)
    secrets = (("A", "env:HERE"),)
    report = run(project, a_chain(("u", "uses", {}), secrets=secrets))
    assert report.results == {"u": [None, 21]}
    assert report.folder.log(CallId("u"), 1).read_text() == "with ***\n"
    with pytest.raises(StepResultFault, match="holds the secret A"):
        run(project, a_chain(("g", "gives", {}), secrets=secrets))
    kept = [path for run in kept_runs() for path in run_folder(run).path.rglob("*")]
    assert any(path.name == "events.jsonl" for path in kept)
    assert not [p for p in kept if p.is_file() and b"correct-horse" in p.read_bytes()]
