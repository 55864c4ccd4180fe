"""``ops0 run --resume`` after real kills, failures and stops, on both engines: nothing lost, twice, wrong or left."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from running import (
    CHAIN,
    KINDS,
    NAMES,
    STEPS,
    Places,
    a_pipeline,
    because,
    edited,
    events,
    left_here,
    left_in_engine,
    went,
)

from ops0.core.folders import state_dir
from ops0.core.pipeline import CallId, Pipeline
from ops0.runtime.errors import NoRun, StepFailed
from ops0.runtime.events import Event, Listener
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.report import Report
from ops0.runtime.resuming.leases import CannotResume
from ops0.runtime.runs import NEWEST, RunId, kept_runs, run_folder

DEEP = os.environ.get("OPS0_TESTS") == "deep"
SLOW = (
    ("one", {"n": "$n"}),
    ("two", {"a": "<one", "seconds": 0.5}),
    ("three", {"a": "<two", "seconds": 0.5}),
)

SCRIPT = """
import json, os, signal, sys
sys.path[:0] = ["tests", "e2e"]
from pathlib import Path
from running import a_pipeline
from ops0.runtime.containers import ContainerEngine
from ops0.runtime.engines.docker_engine import connect
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.processes import ProcessEngine
told = json.loads(sys.argv[1])
count = [0]
def hear(event):
    if event.kind == "run.started":
        print(event.data["run"], flush=True)
    count[0] += 1
    if count[0] == told["kill_at"]:
        os.kill(os.getpid(), signal.SIGKILL)
    if event.kind == told["say"]:
        print("said", flush=True)
engine = ProcessEngine(Path(told["folder"])) if told["images"] is None else ContainerEngine(connect(), told["images"])
pipeline = a_pipeline(*[(name, inputs) for name, inputs in told["calls"]])
options = RunOptions(params={"n": 1}, jobs=2, resume=told["resume"])
run_pipeline(pipeline, engine, options, on_event=hear)
"""


@dataclass
class Started:
    """A run in a process of its own."""

    run: str
    program: subprocess.Popen[str]

    def wait(self) -> int:
        self.program.communicate(timeout=60)
        return self.program.returncode

    def heard(self) -> None:
        """Wait for the event that it was to say."""
        assert self.program.stdout is not None
        assert self.program.stdout.readline() == "said\n"

    def kill(self) -> None:
        self.program.kill()
        self.wait()


def start(
    steps: Places,
    kind: str,
    calls: Any,
    *,
    kill_at: int = 0,
    say: str = "",
    resume: str | None = None,
) -> Started:
    images = None if kind == "processes" else {name: steps.image(name) for name in NAMES}
    told = {"kill_at": kill_at, "say": say, "images": images, "calls": calls, "resume": resume}
    argv = [sys.executable, "-c", SCRIPT, json.dumps({**told, "folder": str(steps.folder)})]
    program = subprocess.Popen(
        argv,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    return Started(program.stdout.readline().strip(), program)


def resume(
    steps: Places,
    kind: str,
    pipeline: Pipeline,
    run: str = NEWEST,
    on_event: Listener | None = None,
    **more: Any,
) -> Report:
    options = RunOptions(resume=run, **more)
    report = run_pipeline(pipeline, steps.engine(kind), options, on_event=on_event)
    nothing_left(kind, report.run)
    return report


def nothing_left(kind: str, run: str) -> None:
    assert left_here(run) == []
    assert not run_folder(RunId(run)).values.exists()
    assert kind == "processes" or left_in_engine(run) == []


def done(told: list[Event]) -> set[str]:
    return {str(event.call) for event in told if event.kind == "attempt.done"}


def is_right(report: Report) -> None:
    """The result follows from the one value of ``one`` that its consumers were given."""
    told = events(report.run)
    number, at = report.results[CallId("three")]  # type: ignore[misc]
    assert number == 11
    for call in ("one", "two", "three"):
        last = [e for e in told if e.kind == "attempt.done" and e.call == call][-1]
        assert str(at)[:12] in str(last.data["preview"]), f"{call} is from another chain"


def kill_and_resume(steps: Places, kind: str, kill_at: int) -> bool:
    """Kill a run at an event, go on with it, and hold what comes of it to all promises. False: it had ended."""
    started = start(steps, kind, CHAIN, kill_at=kill_at)
    if started.wait() == 0:
        return False
    before = events(started.run)
    if before[-1].kind == "run.ended":
        return False
    report = resume(steps, kind, a_pipeline(*CHAIN))
    assert report.run == started.run
    is_right(report)
    told = events(report.run)
    counts = Counter(went(told))
    for call in done(before):
        assert counts[call] == 1, f"{call} was done and ran again (killed at {kill_at})"
    assert all(number <= 2 for number in counts.values())
    assert [event.seq for event in told] == list(range(1, len(told) + 1))
    assert [event.at for event in told] == sorted(event.at for event in told)
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_was_killed_at_any_event_goes_on(steps: Places, kind: str) -> None:
    quick = (2, 5, 8, 9, 11, 13, 15, 18) if kind == "processes" else (3, 6, 9, 13)
    killed = [kill_and_resume(steps, kind, at) for at in (range(1, 40) if DEEP else quick)]
    assert sum(killed) >= len(quick) - 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_was_killed_at_a_random_moment_goes_on(steps: Places, kind: str) -> None:
    chance = random.Random(7)
    for _ in range(40 if DEEP else 2):
        started = start(steps, kind, SLOW)
        time.sleep(chance.uniform(0, 2.0 if kind == "processes" else 3.0))
        started.kill()
        if any(event.kind == "run.ended" for event in events(started.run)):
            continue
        before = done(events(started.run))
        report = resume(steps, kind, a_pipeline(*SLOW))
        is_right(report)
        counts = Counter(went(events(report.run)))
        assert all(counts[call] == 1 for call in before)


@pytest.mark.parametrize("kind", KINDS)
def test_it_may_be_killed_while_it_goes_on(steps: Places, kind: str) -> None:
    started = start(steps, kind, CHAIN, kill_at=9)
    started.wait()
    for at in (1, 4):
        again = start(steps, kind, CHAIN, kill_at=at, resume=NEWEST)
        again.wait()
    report = resume(steps, kind, a_pipeline(*CHAIN))
    assert report.run == started.run
    is_right(report)


@pytest.mark.docker
def test_a_container_under_way_is_adopted(steps: Places) -> None:
    calls = (CHAIN[0], ("two", {"a": "<one", "seconds": 8.0}), CHAIN[2])
    started = start(steps, "containers", calls, say="attempt.log")
    started.heard()
    while "two" not in went(events(started.run)):
        time.sleep(0.05)
    time.sleep(0.5)
    started.kill()
    heard: list[Event] = []
    report = resume(steps, "containers", a_pipeline(*calls), on_event=heard.append)
    told = events(report.run)
    assert Counter(went(told)) == {"one": 1, "two": 1, "three": 1}
    assert [event.call for event in told if event.kind == "attempt.adopted"] == ["two"]
    assert report.folder.log(CallId("two"), 1).read_text() == "two\n"
    kinds = [event.kind for event in heard if event.call == "two"]
    assert "attempt.usage" in kinds[kinds.index("attempt.log") :], "what it prints is told live"
    is_right(report)


@pytest.mark.docker
def test_a_container_that_ended_meanwhile_is_taken_as_it_ended(steps: Places) -> None:
    calls = (CHAIN[0], ("two", {"a": "<one", "seconds": 1.0}), CHAIN[2])
    started = start(steps, "containers", calls)
    while "two" not in went(events(started.run)):
        time.sleep(0.05)
    time.sleep(0.3)
    started.kill()
    time.sleep(2.5)
    report = resume(steps, "containers", a_pipeline(*calls))
    assert Counter(went(events(report.run)))["two"] == 1
    is_right(report)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_done_before_a_failure_is_not_done_again(steps: Places, kind: str) -> None:
    failing = a_pipeline(CHAIN[0], ("fails", {"a": "<one"}))
    told: list[Event] = []
    with pytest.raises(StepFailed):
        run_pipeline(failing, steps.engine(kind), RunOptions(params={"n": 1}), on_event=told.append)
    run = str(told[0].data["run"])
    assert left_here(run) == []
    assert kind == "processes" or left_in_engine(run) == []
    with pytest.raises(StepFailed):
        run_pipeline(failing, steps.engine(kind), RunOptions(resume=run))
    assert Counter(went(events(run))) == {"one": 1, "fails": 2}
    assert because(events(run))["fails"] == "it had failed: ValueError: no rows"


def test_changed_code_and_what_follows_runs_anew(steps: Places) -> None:
    started = start(steps, "processes", SLOW)
    while "two" not in done(events(started.run)):
        time.sleep(0.05)
    started.kill()
    text = STEPS.replace('a["n"] * 10', 'a["n"] * 50')
    steps.write(text)
    try:
        report = resume(steps, "processes", edited(a_pipeline(*SLOW), "two", text))
    finally:
        steps.write(STEPS)
    assert report.results[CallId("three")][0] == 51  # type: ignore[call-overload, index]
    reasons = because(events(report.run))
    assert reasons["one"] == "it was done before"
    assert reasons["two"] == "its code or what it needs has changed"
    assert Counter(went(events(report.run)))["one"] == 1


def test_another_parameter_runs_anew_what_has_it(steps: Places) -> None:
    start(steps, "processes", CHAIN, kill_at=14).wait()
    report = resume(steps, "processes", a_pipeline(*CHAIN), params={"n": 2})
    assert report.results[CallId("three")][0] == 21  # type: ignore[call-overload, index]
    assert because(events(report.run))["one"] == "'n' has changed"


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_that_is_damaged_is_made_anew(steps: Places, kind: str) -> None:
    failing = a_pipeline(CHAIN[0], ("fails", {"a": "<one"}))
    told: list[Event] = []
    with pytest.raises(StepFailed):
        run_pipeline(failing, steps.engine(kind), RunOptions(params={"n": 1}), on_event=told.append)
    run = str(told[0].data["run"])
    for path in run_folder(RunId(run)).values.glob("one/value*"):
        data = bytearray(path.read_bytes())
        data[-3] ^= 1
        path.write_bytes(data)
    with pytest.raises(StepFailed):
        run_pipeline(failing, steps.engine(kind), RunOptions(resume=run))
    assert "is not what its producer wrote" in because(events(run))["one"]
    assert Counter(went(events(run)))["one"] == 2


def test_after_a_restart_of_the_machine_it_goes_on(steps: Places) -> None:
    started = start(steps, "processes", SLOW)
    while "one" not in done(events(started.run)):
        time.sleep(0.05)
    started.kill()
    folder = run_folder(RunId(started.run))
    owner = folder.owner.read_text().split("/")
    earlier = "00000000-1111-2222-3333-444444444444"
    (state_dir() / "boots" / earlier).touch()  # as the command noted its own
    folder.owner.write_text("/".join([owner[0], earlier, *owner[2:]]))
    report = resume(steps, "processes", a_pipeline(*SLOW))
    is_right(report)
    assert Counter(went(events(report.run)))["one"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_stopped_run_goes_on(steps: Places, kind: str) -> None:
    started = start(steps, kind, SLOW)
    while "two" not in went(events(started.run)):
        time.sleep(0.02)
    started.program.send_signal(signal.SIGINT)
    started.wait()
    assert left_here(started.run) == []
    report = resume(steps, kind, a_pipeline(*SLOW))
    assert Counter(went(events(report.run))) == {"one": 1, "two": 2, "three": 1}
    is_right(report)


def test_runs_of_other_pipelines_leave_its_values_alone(steps: Places) -> None:
    started = start(steps, "processes", SLOW)
    while "one" not in done(events(started.run)):
        time.sleep(0.05)
    started.kill()
    other = replace(a_pipeline(("one", {})), name="other")
    run_pipeline(other, steps.engine("processes"))
    report = resume(steps, "processes", a_pipeline(*SLOW))
    assert Counter(went(events(report.run)))["one"] == 1


def test_what_cannot_be_resumed_is_told(steps: Places) -> None:
    engine, pipeline = steps.engine("processes"), a_pipeline(*CHAIN)
    with pytest.raises(NoRun, match="no run of test"):
        run_pipeline(pipeline, engine, RunOptions(resume=NEWEST))
    with pytest.raises(NoRun, match="no such run"):
        run_pipeline(pipeline, engine, RunOptions(resume="20260101-000000-abcdef"))
    report = run_pipeline(pipeline, engine, RunOptions(params={"n": 1}))
    with pytest.raises(CannotResume, match="is done"):
        run_pipeline(pipeline, engine, RunOptions(resume=NEWEST))
    with pytest.raises(CannotResume, match=r"is of test \(pipeline.py\), not of other"):
        run_pipeline(replace(pipeline, name="other"), engine, RunOptions(resume=report.run))
    live = start(steps, "processes", SLOW)
    try:
        with pytest.raises(CannotResume, match=f"still led by process {live.program.pid}"):
            run_pipeline(a_pipeline(*SLOW), engine, RunOptions(resume=live.run))
    finally:
        live.kill()
    assert len(kept_runs()) == 2
