"""Whole runs over an engine that runs nothing: results, order, parameters, and what is told of them."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from fake_runs import events_of_last_run, run

from ops0.core.errors import ErrorGroup
from ops0.core.pipeline import FromParam
from ops0.runtime.engine import Exit
from ops0.runtime.errors import (
    ParamFault,
)
from ops0.runtime.events import Event
from ops0.runtime.execution.demands import pipeline_width
from ops0.runtime.execution.rerun import rerun_command
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.outputs.results import export_results
from ops0.runtime.runs import kept_runs


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
