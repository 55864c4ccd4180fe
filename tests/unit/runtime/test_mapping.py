"""Mapped calls while a run plays: the schedule takes what they become, in any order of events."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from effort import cases
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.graphs.spreading import CannotMap, item_count, spread_call
from ops0.core.pipeline import Call, CallId, FromCall, FromConstant
from ops0.runtime.engines.profile import call_of_volume, container_name, volume_name
from ops0.runtime.events import EventLog, read_events
from ops0.runtime.execution.schedule import Schedule
from ops0.runtime.inputs import producers_of
from ops0.runtime.monitoring import view_events
from ops0.runtime.resuming.past import past_of
from ops0.runtime.runs import RunId

from .conftest import a_call, a_pipeline


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, list[str]], dict[str, int], set[str]]:
    """Calls with their producers; how many items each gives; those that are mapped, over their first producer."""
    names = [f"c{n}" for n in range(draw(st.integers(1, 7)))]
    edges = {
        name: draw(st.lists(st.sampled_from(names[:n]), unique=True, max_size=3)) if n else []
        for n, name in enumerate(names)
    }
    mapped = {name for name in names if edges[name] and draw(st.booleans())}
    return edges, {name: draw(st.integers(0, 3)) for name in names}, mapped


def mapping(call: Call, mapped: set[str]) -> Call:
    return replace(call, each=(call.inputs[0][0],)) if call.id in mapped else call


class Play:
    """Drives a schedule as the conductor does, with a pipeline that changes."""

    def __init__(self, calls: Any, gives: dict[str, int], jobs: int, ahead: int) -> None:
        self.whole = a_pipeline(*calls)
        self.schedule = Schedule(calls, jobs=jobs, ahead=ahead)
        self.gives, self.jobs = gives, jobs
        self.done: list[str] = []
        self.starting: list[CallId] = []
        self.running: list[CallId] = []

    def spread(self) -> None:
        counts = {CallId(name): self.gives[name] for name in self.done if name in self.gives}
        for call in self.whole.calls:
            count = item_count(call, {}, counts) if call.each else None
            if count is not None:
                self.whole = spread_call(self.whole, call, count, {})
                made = [one for one in self.whole.calls if one.id.startswith(f"{call.id}[")]
                self.schedule.spread(call.id, producers_of(call), made)
                return self.spread()
        return None

    def turn(self, data: st.DataObject) -> None:
        calls = {call.id: call for call in self.whole.calls}
        for name in self.schedule.take_releases():
            assert set(producers_of(calls[name])) <= set(self.done)
            self.running.append(name)
        self.starting += self.schedule.take_starts()
        assert len(self.running) <= self.jobs
        assert not any(calls[name].each for name in self.starting)
        moves = [*self.starting, *self.running]
        assert moves, "nothing can happen any more, and the run has not finished"
        name = data.draw(st.sampled_from(moves))
        if name in self.starting:
            self.starting.remove(name)
            self.schedule.started(name)
        else:
            self.running.remove(name)
            self.schedule.done(name)
            self.done.append(name)


@cases(60, 10_000)
@given(graphs(), st.integers(1, 3), st.integers(0, 2), st.data())
def test_everything_runs_once_after_what_it_reads(
    graph: tuple[dict[str, list[str]], dict[str, int], set[str]],
    jobs: int,
    ahead: int,
    data: st.DataObject,
) -> None:
    edges, gives, mapped = graph
    calls = [mapping(a_call(name, *needs), mapped) for name, needs in edges.items()]
    play = Play(calls, gives, jobs, ahead)
    for _ in range(400):
        play.spread()
        if play.schedule.finished:
            break
        play.turn(data)
    assert play.schedule.finished
    assert sorted(play.done) == sorted(one.id for one in play.whole.calls)
    assert list(play.schedule.states()) == [one.id for one in play.whole.calls]


def test_an_item_that_fails_takes_along_what_waits_for_the_list(make: SimpleNamespace) -> None:
    train = mapping(make.call("train", "split"), {"train"})
    calls = [make.call("split"), train, make.call("best", "train"), make.call("other")]
    schedule = Schedule(calls, jobs=2, ahead=2, late=["train"])
    whole = spread_call(make.pipeline(*calls), train, 2, {})
    schedule.take_starts()
    schedule.started("split")
    schedule.take_releases()
    schedule.done("split")
    schedule.spread("train", ("split",), whole.calls[1:3])
    assert list(schedule.states()) == ["split", "train[0]", "train[1]", "best", "other"]
    assert schedule.failed("train[1]") == ("best",)
    assert schedule.state("train[0]") == "pending"


def test_volumes_of_items_have_names_that_no_step_has(make: SimpleNamespace) -> None:
    run, item = RunId("20260101-000000-abcdef"), CallId("train[3]")
    assert container_name(run, item, 2) == "ops0-20260101-000000-abcdef-.3.train-2"
    for call in (item, CallId("train.3"), CallId("a.b-2[0]")):
        assert call_of_volume(run, volume_name(run, call)) == call
    assert call_of_volume(run, f"ops0-{run}-.model-abc") is None


def test_the_log_tells_what_a_mapped_call_became(tmp_path: Any) -> None:
    log = EventLog(tmp_path / "events.jsonl")
    told = [
        {"call": "split", "step": "split", "after": [], "inputs": {}, "image": "i", "apart": True},
        {"call": "train", "step": "train", "after": ["split"], "inputs": {}, "image": "i"},
        {"call": "best", "step": "best", "after": ["train"], "inputs": {}, "image": "i"},
    ]
    head = {"run": "r", "pipeline": "p", "entry": "e", "engine": "processes", "project": None}
    log.add("run.started", **head, params={}, calls=told)
    items = [
        {
            "call": f"train[{n}]",
            "step": "train",
            "after": ["split"],
            "inputs": {"x": {"call": "split", "item": n}},
            "image": "i",
        }
        for n in range(2)
    ]
    log.add("call.spread", CallId("train"), items=2, calls=items)
    log.add("attempt.starting", CallId("train[1]"), 1, what="process", nonce="n")
    log.add("attempt.go", CallId("train[1]"), 1, parked=0, inputs={})
    log.close()
    events = list(read_events(tmp_path / "events.jsonl"))
    view = view_events(events)
    assert list(view.calls) == ["split", "train[0]", "train[1]", "best"]
    assert view.calls[CallId("best")].after == ("train[0]", "train[1]")
    assert view.spread == {"train": ("train[0]", "train[1]")}
    assert view.calls[CallId("train[1]")].phase == "running"
    past = past_of(events, "log")
    assert past.spread == {"train": (2, 2)}
    assert past.call(CallId("split")).apart
    assert past.call(CallId("train[1]")).inputs == {"x": {"call": "split", "item": 1}}


def test_a_list_of_another_length_is_told(make: SimpleNamespace) -> None:
    inputs = (
        ("x", FromConstant(value=[1])),
        ("y", FromCall(call=CallId("split"), rule="")),
    )
    call = replace(make.call("train"), inputs=inputs, each=("x", "y"))
    with pytest.raises(CannotMap, match="'x' has 1, 'y' has 2 items"):
        item_count(call, {}, {CallId("split"): 2})
