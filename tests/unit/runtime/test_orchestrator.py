"""Whole runs over an engine that runs nothing: results, failures, retries, limits, endings."""

from __future__ import annotations

import errno
import itertools
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ops0.core.errors import EngineError, ErrorGroup
from ops0.core.pipeline import FromParam
from ops0.host.usage import Usage
from ops0.runtime.engine import Exit, Member
from ops0.runtime.errors import (
    OutOfMemory,
    ParamFault,
    StepCrashed,
    StepFailed,
    StepLost,
    StepResultFault,
    StepTimedOut,
)
from ops0.runtime.events import Event, EventLog, Listener, read_events
from ops0.runtime.execution.demands import pipeline_width
from ops0.runtime.execution.rerun import rerun_command
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.outputs.results import export_results
from ops0.runtime.report import Report
from ops0.runtime.runs import NEWEST, find_run, kept_runs


def run(engine: Any, pipeline: Any, on_event: Listener | None = None, **options: Any) -> Report:
    report = run_pipeline(pipeline, engine, RunOptions(**options), on_event=on_event)
    assert engine.live == set()
    assert engine.faults == []
    return report


def events_of_last_run() -> list[Event]:
    return list(read_events(find_run(kept_runs()[-1]).events))


def states(events: list[Event]) -> dict[str, str]:
    return {e.call: e.kind for e in events if e.kind.startswith("call.") and e.call}


def test_a_chain_gives_its_last_value(make: SimpleNamespace) -> None:
    engine = make.Engine({("b", 1): make.Behaviour(value={"rows": 3})})
    report = run(engine, make.pipeline(make.call("a"), make.call("b", "a")))
    assert report.results == {"b": {"rows": 3}}
    assert report.state == "done"
    assert [(c.call, c.state, c.attempts) for c in report.calls] == [
        ("a", "done", 1),
        ("b", "done", 1),
    ]
    assert engine.gone[1]["inputs"]["a0"]["path"] == "/ops0/in/a/1"
    assert engine.gone[1]["inputs"]["a0"]["nonce"] == engine.gone[0]["nonce"]
    assert engine.closed == 1


@pytest.mark.parametrize(("memory", "deep"), [(16 * 2**30, True), (2**29, False)])
def test_a_chain_is_parked_as_deep_as_memory_allows(
    memory: int, deep: bool, make: SimpleNamespace
) -> None:
    engine = make.Engine(memory=memory)
    started: list[int] = []

    def wait() -> None:
        until = time.monotonic() + (10 if deep else 0.2)
        while len(engine.started) < 5 and time.monotonic() < until:
            time.sleep(0.01)
        started.append(len(engine.started))

    engine.table["a", 1] = make.Behaviour(before=wait)
    names = ["a", "b", "c", "d", "e"]
    calls = [make.call(name, *names[max(0, at - 1) : at]) for at, name in enumerate(names)]
    run(engine, make.pipeline(*calls))
    assert started == [5 if deep else 1]


def test_there_is_time_to_tidy_up_while_a_step_works(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops0.runtime.execution.conductor.CALM", 0.01)
    engine = make.Engine()
    waited: list[bool] = []
    engine.table["b", 1] = make.Behaviour(before=lambda: waited.append(engine.tidied.wait(10)))
    run(engine, make.pipeline(make.call("a"), make.call("b", "a")))
    assert waited == [True]


@pytest.mark.parametrize("code", [0, 137])
def test_the_next_step_goes_on_the_last_word_of_the_one_before(
    code: int, make: SimpleNamespace
) -> None:
    """Its process ends only when the next one runs; what becomes of it then changes nothing."""
    ended = threading.Event()
    table = {
        ("a", 1): make.Behaviour(value=1, last_word=ended, exit=Exit(code=code)),
        ("b", 1): make.Behaviour(value=2, before=ended.set),
    }
    report = run(make.Engine(table), make.pipeline(make.call("a"), make.call("b", "a")))
    assert report.results == {"b": 2}
    exits = {e.call: e.data["exit"] for e in events_of_last_run() if e.kind == "attempt.done"}
    assert exits == {"a": None, "b": 0}


def test_one_that_does_not_end_after_its_last_word_is_ended(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops0.runtime.execution.worker.LEAVING", 0.01)
    killed = threading.Event()
    table = {
        ("a", 1): make.Behaviour(value=1, last_word=killed, exit=Exit(code=137, signal="SIGKILL")),
        ("b", 1): make.Behaviour(value=2),
    }
    report = run(make.Engine(table), make.pipeline(make.call("a"), make.call("b", "a")))
    assert report.results == {"b": 2}
    assert killed.is_set()


def test_an_attempt_whose_output_is_read_here_is_waited_for(make: SimpleNamespace) -> None:
    ended = threading.Event()
    ended.set()
    engine = make.Engine({("a", 1): make.Behaviour(value=1, last_word=ended)})
    assert run(engine, make.pipeline(make.call("a"))).results == {"a": 1}
    (done,) = (e for e in events_of_last_run() if e.kind == "attempt.done")
    assert done.data["exit"] == 0


def test_independent_calls_run_side_by_side_within_jobs(make: SimpleNamespace) -> None:
    barrier = threading.Barrier(3, timeout=10)
    table = {(f"c{n}", 1): make.Behaviour(value=n, before=barrier.wait) for n in range(3)}
    engine = make.Engine(table)
    calls = [make.call(f"c{n}") for n in range(3)]
    report = run(engine, make.pipeline(*calls, results=("c0", "c1", "c2")), jobs=3)
    assert report.results == {"c0": 0, "c1": 1, "c2": 2}


def test_no_more_calls_run_than_jobs(make: SimpleNamespace) -> None:
    slow = make.Behaviour(value=1, before=lambda: time.sleep(0.01))
    engine = make.Engine({(f"c{n}", 0): slow for n in range(12)})
    run(engine, make.pipeline(*(make.call(f"c{n}") for n in range(12))), jobs=3)
    assert engine.most <= 3


def test_parameters_reach_the_steps(make: SimpleNamespace) -> None:
    k = FromParam(param="k", required=True)
    size = FromParam(param="size", required=False, default=10)
    engine = make.Engine()
    run(engine, make.pipeline(make.call("a", k=k, size=size, fixed="x")), params={"k": [1, 2]})
    assert engine.gone[0]["inputs"] == {
        "k": {"from": "json", "value": [1, 2]},
        "size": {"from": "json", "value": 10},
        "fixed": {"from": "json", "value": "x"},
    }


def test_wrong_parameters_are_told_together_before_anything_starts(make: SimpleNamespace) -> None:
    engine = make.Engine()
    pipeline = make.pipeline(make.call("a", k=FromParam(param="k", required=True)))
    with pytest.raises(ErrorGroup) as caught:
        run_pipeline(pipeline, engine, RunOptions(params={"kk": 1}))
    assert [fault.param for fault in caught.value.errors if isinstance(fault, ParamFault)] == [
        "kk",
        "k",
    ]
    assert "did you mean 'k'?" in (caught.value.errors[0].hint or "")
    assert not engine.opened
    assert kept_runs() == ()


@pytest.mark.parametrize("value", ["a\udcff", {"k": ["\udcff"]}])
def test_a_parameter_that_is_not_unicode_is_refused(make: SimpleNamespace, value: Any) -> None:
    pipeline = make.pipeline(make.call("a", k=FromParam(param="k", required=True)))
    with pytest.raises(ParamFault, match="'k' is not Unicode text"):
        run_pipeline(pipeline, make.Engine(), RunOptions(params={"k": value}))


def test_a_missing_argument_may_be_made_by_a_step_below(make: SimpleNamespace) -> None:
    pipeline = make.pipeline(
        make.call("report", model=FromParam(param="model", required=True)), make.call("train")
    )
    with pytest.raises(ParamFault) as caught:
        run_pipeline(replace(pipeline, explicit=False), make.Engine(), RunOptions(params={}))
    assert caught.value.hint == (
        "give it one: --param model=VALUE; or, if a step below 'report' makes 'model', "
        "move that step above 'report'"
    )


def test_a_clock_that_jumps_moves_no_limit_and_no_order(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Days ahead and back between any two looks: waits, limits and the order of events are by another clock."""
    jumps = itertools.cycle((0, 40 * 86400, -3 * 86400, 0.5))
    real = time.time

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.fromtimestamp(real() + next(jumps), tz)

    monkeypatch.setattr("ops0.runtime.events.datetime", Jumping)
    monkeypatch.setattr(time, "time", lambda: real() + next(jumps))
    options = {
        "a": {"retry_attempts": 2, "retry_backoff": 0.01, "timeout": 60.0},
        "b": {"timeout": 60.0, "cleanup_after": 7 * 86400.0},
    }
    engine = make.Engine({("a", 1): make.raises(), ("b", 0): make.Behaviour(value=5)})
    report = run(engine, make.pipeline(make.call("a"), make.call("b", "a"), options=options))
    assert report.results == {"b": 5}
    assert report.seconds < 60
    told = events_of_last_run()
    assert [event.at for event in told] == sorted(event.at for event in told)
    assert [event.kind for event in told].count("attempt.failed") == 1


def test_a_full_disk_under_the_log_leaves_nothing_in_the_engine(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = EventLog._append

    def full(log: EventLog, line: bytes) -> None:
        if b'"attempt.starting"' not in line and b'"run.started"' not in line:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(log, line)

    monkeypatch.setattr(EventLog, "_append", full)
    engine = make.Engine()
    with pytest.raises(OSError, match="No space left"):
        run_pipeline(make.pipeline(make.call("a"), make.call("b", "a")), engine)
    assert engine.closed == 1
    assert engine.live == set()


def test_a_run_whose_start_cannot_be_written_leaves_nothing(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(EventLog, "_append", full)
    engine = make.Engine()
    with pytest.raises(OSError, match="No space left"):
        run_pipeline(make.pipeline(make.call("a")), engine)
    assert kept_runs() == ()
    assert engine.live == set()


def test_a_failing_step_shows_the_users_own_lines(make: SimpleNamespace) -> None:
    engine = make.Engine({("b", 1): make.raises("no rows")})
    pipeline = make.pipeline(make.call("a"), make.call("b", "a"), make.call("c", "b"))
    with pytest.raises(StepFailed) as caught:
        run_pipeline(pipeline, engine, RunOptions(params={}))
    error = caught.value
    assert error.message.startswith("pipeline.py:5: step 'b' failed: ValueError: no rows\n")
    assert 'File "pipeline.py", line 5' in error.message
    assert error.scene.image == "sha256:b"
    assert error.hint == "fix it, then continue: ops0 run pipeline.py --containers --resume"
    assert "shell: docker run --rm -it --network none --entrypoint sh sha256:b" in error.message
    assert states(events_of_last_run()) == {
        "a": "call.done",
        "b": "call.failed",
        "c": "call.skipped",
    }
    assert engine.live == set()
    assert engine.closed == 1


def test_after_a_failure_what_runs_may_end_and_nothing_starts(make: SimpleNamespace) -> None:
    failed, running = threading.Event(), threading.Event()
    slow = make.Behaviour(value=1, before=lambda: failed.wait(10))
    bad = make.raises()
    bad.before = lambda: running.wait(10)
    engine = make.Engine({("bad", 1): bad, ("slow", 1): slow})
    pipeline = make.pipeline(
        make.call("bad"), make.call("slow"), make.call("later"), make.call("after", "bad")
    )

    def hear(event: Event) -> None:
        if event.kind == "call.failed":
            failed.set()
        elif event.kind == "attempt.go" and event.call == "slow":
            running.set()

    with pytest.raises(StepFailed):
        run_pipeline(pipeline, engine, RunOptions(jobs=2), on_event=hear)
    assert states(events_of_last_run()) == {
        "bad": "call.failed",
        "after": "call.skipped",
        "later": "call.cancelled",
        "slow": "call.done",
    }


def test_a_flaky_step_is_tried_again_with_a_new_folder_and_nonce(make: SimpleNamespace) -> None:
    engine = make.Engine({("a", 1): make.raises(), ("a", 2): make.Behaviour(value=7)})
    pipeline = make.pipeline(
        make.call("a"),
        make.call("b", "a"),
        options={"a": {"retry_attempts": 3, "retry_backoff": 0.01}},
    )
    report = run(engine, pipeline)
    assert report.calls[0].attempts == 2
    outputs = [go["output"] for go in engine.gone]
    assert outputs == ["/ops0/out/1", "/ops0/out/2", "/ops0/out/1"]
    assert engine.gone[0]["nonce"] != engine.gone[1]["nonce"]
    assert engine.gone[2]["inputs"]["a0"]["path"] == "/ops0/in/a/2"
    retried = [e for e in events_of_last_run() if e.kind == "attempt.failed"]
    assert [e.data["retry_in"] for e in retried] == [0.01]


def test_attempts_end(make: SimpleNamespace) -> None:
    engine = make.Engine({("a", 0): make.raises()})
    options = {"a": {"retry_attempts": 3, "retry_backoff": 0.0}}
    with pytest.raises(StepFailed) as caught:
        run_pipeline(make.pipeline(make.call("a"), options=options), engine)
    assert caught.value.scene.attempt == 3
    assert len(engine.gone) == 3


@pytest.mark.parametrize("kind", ["import", "value", "input", "job"])
def test_what_would_fail_again_is_not_tried_again(make: SimpleNamespace, kind: str) -> None:
    engine = make.Engine({("a", 0): make.raises(kind=kind, code=11)})
    options = {"a": {"retry_attempts": 3, "retry_backoff": 0.0}}
    with pytest.raises(Exception, match="bad"):
        run_pipeline(make.pipeline(make.call("a"), options=options), engine)
    assert len(engine.gone) == 1


@pytest.mark.parametrize("on_term", [True, False])
def test_a_step_that_takes_too_long_is_stopped(
    make: SimpleNamespace, on_term: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops0.runtime.orchestrator.GRACE", 0)
    engine = make.Engine({("a", 1): make.Behaviour(hangs=True, on_term=on_term)})
    with pytest.raises(StepTimedOut, match="took longer than"):
        run_pipeline(make.pipeline(make.call("a"), options={"a": {"timeout": 0.05}}), engine)
    assert engine.live == set()


def unread(engine: Any) -> None:
    """Let no attempt read its go line before it is stopped."""
    start = engine.start

    def begin(*given: Any) -> Any:
        attempt = start(*given)
        go = attempt.go

        def slow(line: bytes) -> None:
            if not attempt.stopped.wait(5):
                engine.faults.append("it was never stopped")
            go(line)

        attempt.go = slow
        return attempt

    engine.start = begin


def test_a_limit_holds_for_what_does_not_read_its_long_go_line(make: SimpleNamespace) -> None:
    engine = make.Engine()
    unread(engine)
    pipeline = make.pipeline(
        make.call("a", text=FromParam(param="text", required=True)),
        options={"a": {"timeout": 0.05}},
    )
    with pytest.raises(StepTimedOut, match="took longer than"):
        run_pipeline(pipeline, engine, RunOptions(params={"text": "x" * 100_000}))
    assert engine.faults == []


def test_a_runner_that_never_gets_ready_is_given_up(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops0.runtime.execution.conductor.READY_LIMIT", 0.05)
    engine = make.Engine({("a", 1): make.Behaviour(hangs=True)})
    start = engine.start
    engine.start = lambda job, said, printed: start(job, lambda _line: None, printed)
    with pytest.raises(StepLost, match="not ready"):
        run_pipeline(make.pipeline(make.call("a")), engine)


def test_an_import_that_stands_still_is_given_up_as_the_steps_own_failure(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops0.runtime.engines.importing.LOOK", 0.01)
    engine = make.Engine({("a", 1): make.Behaviour(hangs=True)}, used=Usage(cpu=0.4, memory=1))
    start = engine.start
    engine.start = lambda job, said, printed: start(job, lambda _line: None, printed)
    with pytest.raises(StepFailed, match="importing its module does not end") as caught:
        run_pipeline(make.pipeline(make.call("a")), engine)
    assert "when it is imported" in str(caught.value.hint)
    assert engine.started == ["ops0-a-1"], "no other attempt would end otherwise"


@pytest.mark.parametrize(
    ("end", "error", "says"),
    [
        (Exit(code=139, signal="SIGSEGV"), StepCrashed, "SIGSEGV"),
        (Exit(code=137, signal="SIGKILL"), StepCrashed, "SIGKILL"),
        (Exit(code=137, signal="SIGKILL", memory=True, limit=2**28), OutOfMemory, "256 MiB"),
        (Exit(code=0), StepCrashed, "exit code 0 but left no result"),
        (Exit(code=7), StepCrashed, "exit code 7"),
        (Exit(code=255, lost=True), StepLost, "lost it"),
    ],
)
def test_an_end_without_a_manifest_is_a_failure_of_its_own_class(
    make: SimpleNamespace, end: Exit, error: type[Exception], says: str
) -> None:
    engine = make.Engine(
        {("a", 0): make.Behaviour(exit=end, manifest=lambda _m: None, prints=("last words",))}
    )
    with pytest.raises(error, match=says) as caught:
        run_pipeline(make.pipeline(make.call("a")), engine)
    assert "| last words" in str(caught.value)


def test_what_the_engine_lost_is_made_again_twice(make: SimpleNamespace) -> None:
    lost = make.Behaviour(
        exit=Exit(code=137, signal="SIGKILL", lost=True), manifest=lambda _m: None
    )
    pipeline = make.pipeline(make.call("a"))
    engine = make.Engine({("a", 1): lost, ("a", 2): lost})
    assert run_pipeline(pipeline, engine).results == {"a": "a"}
    assert engine.started == ["ops0-a-1", "ops0-a-2", "ops0-a-3"]
    engine = make.Engine({("a", 0): lost})
    with pytest.raises(StepLost, match="attempt 3"):
        run_pipeline(pipeline, engine)


def test_one_that_is_killed_while_it_stands_ready_is_made_again(make: SimpleNamespace) -> None:
    """Its step was not called: it failed the run, with a hint at the step's memory."""
    slow, seen = make.Behaviour(value=1), threading.Event()
    slow.before = lambda: seen.wait(20)
    engine = make.Engine({("a", 0): slow, ("b", 1): make.Behaviour(dies=True)})
    options = {"b": {"retry_backoff": 0.0}}
    pipeline = make.pipeline(make.call("a"), make.call("b", "a"), options=options)

    def heard(event: Event) -> None:
        if (event.kind, event.call) == ("attempt.failed", "b"):
            seen.set()

    assert run_pipeline(pipeline, engine, on_event=heard).results == {"b": "b"}


def test_a_lost_attempt_is_none_of_those_that_a_step_asks_for(make: SimpleNamespace) -> None:
    lost = make.Behaviour(
        exit=Exit(code=137, signal="SIGKILL", lost=True), manifest=lambda _m: None
    )
    engine = make.Engine({("a", 1): lost, ("a", 2): make.raises()})
    options = {"a": {"retry_attempts": 2, "retry_backoff": 0.0}}
    pipeline = make.pipeline(make.call("a"), options=options)
    assert run_pipeline(pipeline, engine).results == {"a": "a"}


def test_a_lost_exit_code_with_a_whole_manifest_is_success(make: SimpleNamespace) -> None:
    engine = make.Engine({("a", 1): make.Behaviour(value=5, exit=Exit(code=255, lost=True))})
    assert run(engine, make.pipeline(make.call("a"))).results == {"a": 5}


def test_a_manifest_does_not_excuse_a_crash(make: SimpleNamespace) -> None:
    engine = make.Engine({("a", 1): make.Behaviour(value=5, exit=Exit(code=139, signal="SIGSEGV"))})
    with pytest.raises(StepCrashed):
        run_pipeline(make.pipeline(make.call("a")), engine)


@pytest.mark.parametrize("field", ["run", "call", "attempt", "nonce"])
def test_a_manifest_of_another_attempt_is_no_result(make: SimpleNamespace, field: str) -> None:
    def forge(manifest: dict[str, Any]) -> bytes:
        import json

        return json.dumps({**manifest, field: 99 if field == "attempt" else "other"}).encode()

    engine = make.Engine({("a", 1): make.Behaviour(value=5, manifest=forge)})
    with pytest.raises(StepResultFault, match="cannot be trusted"):
        run_pipeline(make.pipeline(make.call("a")), engine)


def link(members: list[Member]) -> list[Member]:
    return [*members, Member("shadow", "symlink", 0, lambda _n: b"")]


def longer(members: list[Member]) -> list[Member]:
    return [Member("value.json", "file", 10**15, members[0].read)]


def changed(members: list[Member]) -> list[Member]:
    size = members[0].size
    return [Member("value.json", "file", size, lambda n: b"9" * min(n, size))]


def extra(members: list[Member]) -> list[Member]:
    return [*members, Member("more", "file", 0, lambda _n: b"")]


@pytest.mark.parametrize("trick", [link, longer, changed, extra, lambda _m: []])
def test_an_output_that_is_not_its_manifest_is_refused(
    make: SimpleNamespace, trick: Callable[..., Any]
) -> None:
    engine = make.Engine({("a", 1): make.Behaviour(value=[1, 2], members=trick)})
    with pytest.raises(StepResultFault, match="cannot be taken"):
        run_pipeline(make.pipeline(make.call("a")), engine)
    assert list(find_run(kept_runs()[-1]).results.iterdir()) == []


def test_an_engine_that_refuses_is_one_error_and_everything_is_closed(
    make: SimpleNamespace,
) -> None:
    refusal = EngineError("create container: no such image")
    engine = make.Engine(
        {("b", 0): make.Behaviour(refuses=refusal), ("c", 0): make.Behaviour(refuses=refusal)}
    )
    with pytest.raises(EngineError, match="no such image"):
        run_pipeline(
            make.pipeline(make.call("a"), make.call("b"), make.call("c")),
            engine,
            RunOptions(jobs=3),
        )
    assert engine.closed == 1
    assert engine.live == set()


def test_a_clean_up_that_fails_is_told_beside_the_failure(make: SimpleNamespace) -> None:
    engine = make.Engine({("a", 1): make.raises()})

    def close() -> None:
        raise EngineError("remove volume x: in use")

    engine.close = close
    with pytest.raises(ErrorGroup) as caught:
        run_pipeline(make.pipeline(make.call("a")), engine)
    assert [type(fault) for fault in caught.value.errors] == [StepFailed, EngineError]
    assert events_of_last_run()[-1].kind == "run.ended"


def test_the_engine_is_closed_whatever_breaks_while_a_run_is_cleaned_up(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make.Engine({("a", 1): make.raises()})

    def rescue(*_: object, **__: object) -> None:
        raise TypeError("a bug")

    monkeypatch.setattr("ops0.runtime.execution.conductor.rescue", rescue)
    with pytest.raises(TypeError, match="a bug"):
        run_pipeline(make.pipeline(make.call("a")), engine)
    assert engine.closed == 1
    assert events_of_last_run()[-1].kind == "run.ended"


@pytest.mark.parametrize("fault", [EngineError("remove volume x: in use"), TypeError("a bug")])
def test_a_run_whose_clean_up_fails_has_failed_and_can_be_resumed(
    make: SimpleNamespace, fault: Exception
) -> None:
    engine, pipeline = make.Engine(), make.pipeline(make.call("a"))

    def close() -> None:
        raise fault

    engine.close = close
    with pytest.raises(type(fault), match=str(fault)):
        run_pipeline(pipeline, engine)
    assert states(events_of_last_run()) == {"a": "call.done"}
    end = events_of_last_run()[-1]
    assert (end.kind, end.data["state"]) == ("run.ended", "failed")
    again = make.Engine()
    assert run(again, pipeline, resume=NEWEST).results == {"a": "a"}
    assert again.started == []


def test_one_that_only_stood_ready_is_no_attempt_that_anybody_is_told_of(
    make: SimpleNamespace,
) -> None:
    """ops0 was killed while it waited; "(attempt 2)" stood at the first failure of the step."""
    pipeline = make.pipeline(make.call("a"), make.call("b", "a"))
    broken = make.Engine({("b", 0): make.raises("bad")})
    with pytest.raises(StepFailed):
        run_pipeline(pipeline, broken)
    folder = find_run(kept_runs()[-1])
    events = list(read_events(folder.events))
    ready = next(n for n, e in enumerate(events) if (e.kind, e.call) == ("attempt.starting", "b"))
    lines = folder.events.read_bytes().splitlines(keepends=True)
    folder.events.write_bytes(b"".join(lines[: ready + 1]))
    folder.owner.unlink()
    for told in ("failed: ValueError", "failed (attempt 2): ValueError"):
        with pytest.raises(StepFailed, match=re.escape(told)):
            run_pipeline(pipeline, broken, RunOptions(resume=NEWEST))
    assert [e.attempt for e in read_events(folder.events) if e.kind == "attempt.failed"] == [2, 3]


@pytest.mark.parametrize(("times", "on_term"), [(1, True), (2, False)])
def test_ctrl_c_stops_orderly_and_twice_now(
    make: SimpleNamespace, times: int, on_term: bool
) -> None:
    engine = make.Engine({("b", 1): make.Behaviour(hangs=True, on_term=on_term)})
    pipeline = make.pipeline(make.call("a"), make.call("b", "a"), make.call("c", "b"))

    def hear(event: Event) -> None:
        if (event.kind == "attempt.go" and event.call == "b") or (
            times == 2 and event.kind == "run.stopping" and event.data["because"] == "interrupt"
        ):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt) as stopped:
        run_pipeline(pipeline, engine, RunOptions(rerun="ops0 run p.py"), on_event=hear)
    assert str(stopped.value) == "to go on with it: ops0 run p.py --resume"
    assert type(stopped.value) is KeyboardInterrupt  # of no other does Python end by the signal
    events = events_of_last_run()
    assert states(events) == {"a": "call.done", "b": "call.cancelled", "c": "call.cancelled"}
    assert events[-1].data["state"] == "cancelled"
    assert engine.live == set()
    assert engine.closed == 1
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_are_as_ctrl_c(make: SimpleNamespace, number: signal.Signals) -> None:
    engine = make.Engine({("a", 1): make.Behaviour(hangs=True)})

    def hear(event: Event) -> None:
        if event.kind == "attempt.go":
            os.kill(os.getpid(), number)

    with pytest.raises(KeyboardInterrupt):
        run_pipeline(make.pipeline(make.call("a")), engine, on_event=hear)
    assert engine.closed == 1


def test_every_effect_was_announced_before_it_happened(make: SimpleNamespace) -> None:
    engine = make.Engine()
    early: list[bool] = []

    def hear(event: Event) -> None:
        if event.kind == "attempt.starting":
            early.append(f"ops0-{event.call}-{event.attempt}" in engine.started)

    run(engine, make.pipeline(make.call("a"), make.call("b", "a")), on_event=hear, jobs=1)
    assert early == [False, False]
    events = events_of_last_run()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    kinds = [event.kind for event in events]
    assert kinds[0] == "run.started"
    assert kinds[-2:] == ["run.cleaning", "run.ended"]
    assert "attempt.log" not in kinds


def test_all_that_a_step_prints_is_in_its_log(make: SimpleNamespace) -> None:
    lines = tuple(f"line {n}" for n in range(1000))
    engine = make.Engine({("a", 1): make.Behaviour(value=1, prints=lines)})
    report = run(engine, make.pipeline(make.call("a")))
    assert report.folder.log(report.calls[0].call, 1).read_text().splitlines() == list(lines)


def test_results_can_be_exported_once(make: SimpleNamespace, tmp_path: Any) -> None:
    report = run(make.Engine(), make.pipeline(make.call("a")))
    files = export_results(report.folder, tmp_path / "out")
    assert [path.relative_to(tmp_path).as_posix() for path in files] == ["out/a/value.json"]
    assert files[0].read_text() == '"a"'
    with pytest.raises(Exception, match="is there already"):
        export_results(report.folder, tmp_path / "out")


def test_width_is_the_widest_level(make: SimpleNamespace) -> None:
    calls = [make.call("a"), make.call("b", "a"), make.call("c", "a"), make.call("d", "b", "c")]
    assert pipeline_width(make.pipeline(*calls)) == 2


@pytest.mark.parametrize(
    ("pipeline", "kind", "command"),
    [
        ("my jobs/flow.py:train", "processes", "ops0 run 'my jobs/flow.py:train' --param x=1"),
        ("", "containers", "ops0 run --containers --param x=1"),
    ],
)
def test_the_command_that_runs_it_again_names_the_pipeline_as_it_was_given(
    pipeline: str, kind: str, command: str
) -> None:
    assert rerun_command(pipeline, kind, {"x": 1}) == command


def test_the_command_that_runs_it_again_has_its_options() -> None:
    again = rerun_command("flow.py", "processes", {"x": 1}, ["--isolate"])
    assert again == "ops0 run flow.py --isolate --param x=1"
