"""``@ops0.cleanup_after`` for real: runs that end, a process that waits, and nothing left of what was to go."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from driver.command import OPS0
from running import Places, a_pipeline

from ops0.core.pipeline import CallId
from ops0.host.folders import state_dir
from ops0.runtime.events import read_events
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.runs import RunFolder, find_run, kept_runs
from ops0.runtime.sweeping.sweeper import main

TEMPORARY = """
import os
import tempfile

import ops0


@ops0.step
@ops0.cleanup_after(seconds=1)
def make() -> str:
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write("1")
    return file.name


@ops0.cleanup_after(seconds=1)
@ops0.step
def read(made: str) -> dict:
    if os.environ.get("FAIL"):
        raise ValueError("asked to")
    with open(made) as file:
        return {"file": made, "text": file.read(), "bytes": b"1"}


@ops0.step
def count(read: dict) -> int:
    return len(read["text"])


@ops0.pipeline
def flow():
    found = read(make())
    return found, count(found)
"""


def ops0_run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "flow.py").write_text(TEMPORARY)
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    return subprocess.run(
        [OPS0, "run", "flow.py"],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(temporary), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def last_run() -> RunFolder:
    return find_run(kept_runs()[-1])


def await_end_of_notes() -> None:
    """The process that waits is the command's, not ours: it is over when its notes are gone and its lock is free."""
    until = time.monotonic() + 60
    while any((state_dir() / "cleanups").glob("*.json")) and time.monotonic() < until:
        time.sleep(0.1)
    main()  # returns when nobody else has anything left to do


def test_what_a_step_gave_and_its_temporary_files_go_by_themselves(tmp_path: Path) -> None:
    done = ops0_run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "for 1 s (@ops0.cleanup_after)" in done.stdout
    await_end_of_notes()
    assert list((tmp_path / "tmp").iterdir()) == []
    assert [path.name for path in last_run().results.iterdir()] == ["count"]
    kinds = [(e.kind, e.call) for e in read_events(last_run().events)]
    assert sorted(kinds[-2:]) == [("call.cleaned", "make"), ("call.cleaned", "read")]
    assert kinds[-3] == ("run.ended", None)


def test_a_failed_run_lets_go_too_and_can_be_gone_on_with(tmp_path: Path) -> None:
    failed = ops0_run(tmp_path, FAIL="1")
    assert failed.returncode == 50, failed.stderr
    await_end_of_notes()
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not last_run().value(CallId("make")).exists()
    resumed = subprocess.run(
        [OPS0, "run", "flow.py", "--resume"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert resumed.returncode == 0, resumed.stderr
    assert "its value was removed (@ops0.cleanup_after)" in resumed.stderr


@pytest.mark.docker
def test_the_result_of_a_container_goes(steps: Places) -> None:
    pipeline = a_pipeline(("one", {"n": "$n"}), options={"one": {"cleanup_after": 0.0}})
    report = run_pipeline(pipeline, steps.engine("containers"), RunOptions(params={"n": 1}))
    folder = report.folder
    assert folder.result(CallId("one")).is_dir()
    del report
    main()
    assert not folder.result(CallId("one")).exists()
