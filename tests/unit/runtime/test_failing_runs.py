"""Runs whose steps fail, are lost, take too long or give what is no result, over an engine that runs nothing."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from fake_runs import events_of_last_run, run, states

from ops0.core.errors import ErrorGroup
from ops0.core.pipeline import FromParam
from ops0.host.usage import Usage
from ops0.runtime.engine import Exit, Member
from ops0.runtime.errors import (
    OutOfMemory,
    StepCrashed,
    StepFailed,
    StepLost,
    StepResultFault,
    StepTimedOut,
)
from ops0.runtime.events import Event, read_events
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.runs import NEWEST, find_run, kept_runs


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


def test_a_failure_while_the_run_is_stopping_is_told_too(make: SimpleNamespace) -> None:
    failed, running = threading.Event(), threading.Event()
    bad, worse = make.raises("bad"), make.raises("worse")
    bad.before, worse.before = (lambda: running.wait(10)), (lambda: failed.wait(10))
    engine = make.Engine({("bad", 1): bad, ("worse", 1): worse})

    def hear(event: Event) -> None:
        if event.kind == "call.failed":
            failed.set()
        elif event.kind == "attempt.go" and event.call == "worse":
            running.set()

    pipeline = make.pipeline(make.call("bad"), make.call("worse"))
    with pytest.raises(ErrorGroup) as caught:
        run_pipeline(pipeline, engine, RunOptions(jobs=2), on_event=hear)
    assert len(caught.value.errors) == 2
    assert states(events_of_last_run()) == {"bad": "call.failed", "worse": "call.failed"}


@pytest.mark.parametrize(("killed", "tries"), [(False, [1, 2, 3, 4]), (True, [1, 2])])
def test_a_run_that_is_gone_on_with_has_its_tries_anew_unless_it_was_killed(
    make: SimpleNamespace, killed: bool, tries: list[int]
) -> None:
    options = {"a": {"retry_attempts": 2, "retry_backoff": 0.0}}
    pipeline = make.pipeline(make.call("a"), options=options)
    broken = make.Engine({("a", 0): make.raises("bad")})
    with pytest.raises(StepFailed):
        run_pipeline(pipeline, broken)
    folder = find_run(kept_runs()[-1])
    if killed:
        events = list(read_events(folder.events))
        once = next(n for n, e in enumerate(events) if e.kind == "attempt.failed")
        lines = folder.events.read_bytes().splitlines(keepends=True)
        folder.events.write_bytes(b"".join(lines[: once + 1]))
        folder.owner.unlink()
    with pytest.raises(StepFailed):
        run_pipeline(pipeline, broken, RunOptions(resume=NEWEST))
    failed = [e.attempt for e in read_events(folder.events) if e.kind == "attempt.failed"]
    assert failed == tries


def test_a_failure_that_the_step_told_is_its_own_though_the_engine_lost_its_end(
    make: SimpleNamespace,
) -> None:
    bad = make.raises("bad")
    bad.exit = Exit(code=255, lost=True)
    engine = make.Engine({("a", 0): bad})
    with pytest.raises(StepFailed):
        run_pipeline(make.pipeline(make.call("a")), engine)
    assert len(engine.gone) == 1


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
