"""Runs that Ctrl-C, a signal, a full disk or the engine itself ends: what is told, closed and left."""

from __future__ import annotations

import errno
import os
import signal
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from fake_runs import events_of_last_run, run, states

from ops0.core.errors import EngineError, ErrorGroup
from ops0.runtime.engine import Job, LineHandler
from ops0.runtime.errors import StepFailed
from ops0.runtime.events import Event, EventLog
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.runs import NEWEST, kept_runs


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
    assert engine.saved == ["a/1"], "what is done is kept, however often it was pressed"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("ending", ["Ctrl-C", "a failure", "a bug"])
def test_what_is_being_started_is_given_up_before_anything_is_waited_for(
    make: SimpleNamespace, ending: str
) -> None:
    """Neither the clean-up nor a step that still runs keeps it under way."""
    starting, went = threading.Event(), threading.Event()
    waits: list[bool] = []

    class Slow(make.Engine):  # type: ignore[misc, name-defined]
        def start(self, job: Job, said: LineHandler, printed: LineHandler) -> Any:
            if job.call != "slow":
                return super().start(job, said, printed)
            starting.set()
            waits.append(self.given_up.wait(20))
            raise EngineError("unavailable")

    def hear(event: Event) -> None:
        if event.kind != "attempt.go" or event.call != "long":
            return
        assert starting.wait(20)
        went.set()
        if ending == "Ctrl-C":
            os.kill(os.getpid(), signal.SIGINT)
        elif ending == "a bug":
            raise TypeError("a bug")

    engine = Slow({("short", 1): make.raises() if ending == "a failure" else make.Behaviour()})
    engine.table["short", 1].before = lambda: went.wait(20)
    engine.table["long", 1] = make.Behaviour(before=lambda: waits.append(engine.given_up.wait(20)))
    kind = {"Ctrl-C": KeyboardInterrupt, "a failure": StepFailed, "a bug": TypeError}[ending]
    pipeline = make.pipeline(make.call("short"), make.call("slow"), make.call("long"))
    with pytest.raises(kind):
        run_pipeline(pipeline, engine, RunOptions(jobs=3), on_event=hear)
    assert set(waits) == {True}
    assert engine.live == set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_are_as_ctrl_c(make: SimpleNamespace, number: signal.Signals) -> None:
    engine = make.Engine({("a", 1): make.Behaviour(hangs=True)})

    def hear(event: Event) -> None:
        if event.kind == "attempt.go":
            os.kill(os.getpid(), number)

    with pytest.raises(KeyboardInterrupt):
        run_pipeline(make.pipeline(make.call("a")), engine, on_event=hear)
    assert engine.closed == 1
