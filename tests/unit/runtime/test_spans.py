"""A run as spans and as gauges."""

from __future__ import annotations

from typing import Any

from ops0.core.pipeline import CallId
from ops0.runtime.events import Event
from ops0.runtime.watching.gauges import gauges_of
from ops0.runtime.watching.history import RunHistory, history_of
from ops0.runtime.watching.spans import spans_of

BEGAN = 1_767_323_045  # 2026-01-02T03:04:05Z


def a_history(state: str = "failed") -> RunHistory:
    def event(
        at: float, kind: Any, call: str | None = None, n: int | None = None, /, **data: Any
    ) -> Event:
        name = None if call is None else CallId(call)
        return Event(seq=1, time="2026-01-02T03:04:05.000+00:00", at=at, kind=kind, call=name,
                     attempt=n, data=data)  # fmt: skip

    calls = [
        {"call": c, "step": c, "after": a, "image": None} for c, a in (("a", []), ("b", ["a"]))
    ]
    return history_of([
        event(0, "run.started", run="r", pipeline="p", engine="containers", calls=calls),
        event(1, "attempt.starting", "a", 1, what="x", nonce="n"),
        event(2, "attempt.go", "a", 1, parked=0, inputs={}),
        event(2.5, "attempt.metric", "a", 1, name="loss", value="nan", step=0),
        event(2.6, "attempt.metric", "a", 1, name="loss", value=0.5, step=1),
        event(3, "attempt.failed", "a", 1, kind="step", message="ValueError: x: y", traceback="t", exit=10),
        event(3, "call.failed", "a", attempts=1, kind="step"),
        event(3, "call.skipped", "b", because="a"),
        event(4, "run.ended", state=state, seconds=4),
    ])  # fmt: skip


def test_spans_stand_below_each_other_at_their_times() -> None:
    run, call, attempt = spans_of(a_history())
    assert [(one.key, one.parent) for one in (run, call, attempt)] == [
        ("run", None), ("a", "run"), ("a.1", "a"),
    ]  # fmt: skip
    assert (run.start, run.end) == (BEGAN * 10**9, (BEGAN + 4) * 10**9)
    assert (attempt.start, attempt.end) == ((BEGAN + 1) * 10**9, (BEGAN + 3) * 10**9)
    assert (run.error, attempt.error) == ("the run failed", "ValueError: x: y")
    assert attempt.attributes["ops0.metric.loss"] == 0.5
    at, name, told = attempt.events[-1]
    assert (at, name) == (attempt.end, "exception")
    assert (told["exception.type"], told["exception.message"]) == ("ValueError", "x: y")


def test_gauges_are_of_the_last_run_that_ended() -> None:
    runs = [(a_history("done"), "done"), (a_history(), "failed"), (a_history(), "killed")]
    found = {gauge.name: gauge.values for gauge in gauges_of(runs)}
    assert sorted(labels["state"] for labels, _ in found["runs"]) == ["done", "failed", "killed"]
    assert [value for _, value in found["last_run_success"]] == [0]
    assert [value for _, value in found["last_run_start_timestamp_seconds"]] == [BEGAN]
    assert [(labels["call"], value) for labels, value in found["last_run_call_duration_seconds"]] == [
        ("a", 1.0),
    ]  # fmt: skip
    assert [(labels["name"], value) for labels, value in found["last_run_metric"]] == [
        ("loss", 0.5)
    ]
    assert gauges_of([])[0].values == []


def test_what_was_taken_from_what_is_kept_has_its_size_and_a_resumed_run_its_project() -> None:
    """A call that came from the cache had no size: a graph of it broke off each time."""
    calls = [{"call": "a", "step": "a", "after": [], "image": None}]
    told = {"run": "r", "pipeline": "p", "engine": "containers", "calls": calls, "project": "/p"}
    kinds: list[tuple[Any, dict[str, Any]]] = [
        ("run.started", told),
        ("run.resumed", {**told, "project": "/moved"}),
        ("call.restored", {"because": "kept", "size": 123}),
        ("call.done", {"attempts": 0, "seconds": 0.0}),
    ]
    history = history_of(
        Event(seq=1, time="2026-01-02T03:04:05.000+00:00", at=1.0, kind=kind, data=data,
              call=CallId("a") if kind.startswith("call") else None)
        for kind, data in kinds
    )  # fmt: skip
    found = {gauge.name: gauge.values for gauge in gauges_of([(history, "done")])}
    ((labels, size),) = found["last_run_call_result_bytes"]
    assert (labels["project"], size) == ("/moved", 123)
