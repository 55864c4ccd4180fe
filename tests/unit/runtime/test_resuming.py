"""What of a run need not be done again: folded from its log, decided before anything starts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.pipeline import CallId, FromParam
from ops0.runtime.errors import RunLogFault
from ops0.runtime.events import Event, EventLog, read_events
from ops0.runtime.execution.carrying_on import time_left
from ops0.runtime.inputs import inputs_told
from ops0.runtime.resuming.past import Moment, Past, UnderWay, past_of
from ops0.runtime.resuming.resuming import Resumption, plan_resumption

A = (CallId("a"),)


class Log:
    """A log in memory, of a pipeline."""

    def __init__(self, pipeline: Any, image: str | None = "i", **params: Any) -> None:
        self.pipeline, self.events = pipeline, list[Event]()
        self.begin("run.started", image, params)

    def begin(
        self, kind: Any, image: str | None, params: dict[str, Any], apart: tuple[str, ...] = ()
    ) -> None:
        calls = [
            {
                "call": c.id,
                "inputs": inputs_told(c),
                "image": image,
                **({"apart": True} if c.id in apart else {}),
            }
            for c in self.pipeline.calls
        ]
        told = {"run": "r", "pipeline": "test", "entry": "pipeline.py", "engine": "containers"}
        self.add(kind, None, None, **told, params=params, calls=calls)

    def add(self, kind: Any, call: str | None, attempt: int | None = None, /, **data: Any) -> None:
        seq = len(self.events) + 1
        time = "2026-01-02T03:04:05.000+00:00"
        self.events.append(
            Event(seq=seq, time=time, at=0.0, kind=kind, call=call, attempt=attempt, data=data)  # type: ignore[arg-type]
        )

    def went(self, call: str, attempt: int = 1) -> Log:
        self.add("attempt.starting", call, attempt, nonce=f"n{attempt}")
        self.add("attempt.go", call, attempt, inputs={})
        return self

    def done(self, call: str, attempt: int = 1) -> Log:
        self.went(call, attempt)
        self.add("attempt.done", call, attempt, manifest=f"m-{call}-{attempt}", code="i")
        return self

    @property
    def past(self) -> Past:
        return past_of(self.events, "log")


def plan(
    log: Log,
    code: str = "i",
    gone: tuple[str, ...] = (),
    apart: tuple[CallId, ...] = (),
    **params: Any,
) -> Resumption:
    return plan_resumption(
        log.pipeline,
        log.past,
        params,
        lambda call: code,
        lambda call, ended: "its value is gone" if call in gone else None,
        apart,
    )


def chain(make: SimpleNamespace) -> Any:
    n = FromParam(param="n", required=True)
    return make.pipeline(make.call("a", n=n), make.call("b", "a"), make.call("c", "b"))


def test_what_is_done_is_kept_and_only_what_is_read_is_looked_for(make: SimpleNamespace) -> None:
    found = plan(Log(chain(make), n=1).done("a").done("b"), n=1)
    assert set(found.kept) == {"a", "b"}
    assert found.wanted == {"b"}
    assert found.needed == {}


def test_a_value_that_is_gone_is_made_anew_with_what_follows(make: SimpleNamespace) -> None:
    log = Log(chain(make), n=1).done("a").done("b")
    found = plan(log, gone=("b",), n=1)
    assert found.needed == {"b": "its value is gone, and 'c' needs it"}
    found = plan(log, gone=("a", "b"), n=1)
    assert found.needed["a"] == "its value is gone, and 'b' needs it"
    assert found.kept == {}


def test_what_follows_from_a_change_runs_anew_and_says_why(make: SimpleNamespace) -> None:
    log = Log(chain(make), n=1).done("a").done("b")
    assert plan(log, n=2).needed == {"a": "'n' has changed", "b": "'a' runs anew"}
    changed = plan(log, code="other", n=1)
    assert changed.needed["a"] == "its code or what it needs has changed"
    assert changed.needed["b"] == "'a' runs anew"


def test_a_call_is_not_kept_whose_input_was_made_again_since(make: SimpleNamespace) -> None:
    log = Log(chain(make), n=1).done("a").done("b").done("a", 2)
    assert plan(log, n=1).needed == {"b": "'a' has run anew since"}
    log = Log(chain(make), n=1).done("a").done("b")
    log.begin("run.resumed", "i", {"n": 1})
    log.add("call.restored", "a", manifest="m-a-1", code="i", attempt=1)
    assert set(plan(log, n=1).kept) == {"a", "b"}, "said again is not made again"
    log.add("call.restored", "a", manifest="m-other", code="i", attempt=0)
    assert plan(log, n=1).needed == {"b": "'a' has run anew since"}, "another one was taken"


def test_what_was_taken_from_the_cached_results_is_as_good_as_done(make: SimpleNamespace) -> None:
    log = Log(chain(make), n=1)
    log.add("call.restored", "a", manifest="m", code="i", attempt=0)
    assert set(plan(log, n=1).kept) == {"a"}
    assert plan(log, n=2).needed == {"a": "'n' has changed"}
    assert not log.past.call(CallId("a")).cleaned
    log.add("call.cleaned", "a", because="@ops0.cleanup_after")
    assert log.past.call(CallId("a")).cleaned
    assert not log.done("a").past.call(CallId("a")).cleaned, "it was made again"


def test_a_result_of_the_run_is_looked_for_too(make: SimpleNamespace) -> None:
    log = Log(chain(make), n=1).done("a").done("b").done("c")
    assert plan(log, n=1).wanted == {"c"}
    assert plan(log, gone=("c",), n=1).needed == {"c": "its value is gone"}


def test_what_is_stored_item_by_item_is_of_no_use_as_a_whole_nor_the_other_way_round(
    make: SimpleNamespace,
) -> None:
    log = Log(chain(make), n=1).done("a")
    assert plan(log, apart=A, n=1).needed == {"a": "the pipeline maps over what it gives"}
    log.begin("run.resumed", "i", {"n": 1}, apart=A)
    log.done("a", 2)
    assert set(plan(log, apart=A, n=1).kept) == {"a"}
    assert plan(log, n=1).needed == {"a": "the pipeline no longer maps over what it gives"}


def test_what_was_under_way_goes_on_unless_it_would_be_another(make: SimpleNamespace) -> None:
    log = Log(chain(make), n=1).done("a").went("b", 3)
    adopted = plan(log, n=1).adopted
    assert {call: (one.attempt, one.nonce) for call, one in adopted.items()} == {"b": (3, "n3")}
    assert plan(log, code="other", n=1).adopted == {}
    assert plan(log, n=2).needed["b"] == "it was under way when the run broke off"
    assert plan(log, gone=("a",), n=1).adopted == {}
    processes = Log(chain(make), image=None, n=1).done("a").went("b")
    assert plan(processes, n=1).adopted == {}, "nobody knows by what code"
    log.add("run.cleaning", None)
    assert plan(log, n=1).adopted == {}, "its container was removed"


def test_a_failure_is_told_and_ended_by_the_next_attempt(make: SimpleNamespace) -> None:
    log = Log(chain(make), n=1).went("a")
    log.add("attempt.failed", "a", 1, message="ValueError: bad\nmore")
    assert plan(log, n=1).needed == {"a": "it had failed: ValueError: bad"}
    log.done("a", 2)
    assert set(plan(log, n=1).kept) == {"a"}


@given(data=st.data())
def test_nothing_is_kept_that_follows_from_what_runs(
    make: SimpleNamespace, data: st.DataObject
) -> None:
    names = [f"s{n}" for n in range(data.draw(st.integers(1, 7)))]
    edges = {
        name: data.draw(st.lists(st.sampled_from(names[:n]), unique=True, max_size=3)) if n else []
        for n, name in enumerate(names)
    }
    log = Log(make.pipeline(*(make.call(name, *needs) for name, needs in edges.items())))
    for name in names:
        if data.draw(st.booleans()):
            log.done(name)
    gone = tuple(data.draw(st.lists(st.sampled_from(names))))
    found = plan(log, gone=gone)
    for name in names:
        if name in found.kept:
            assert all(need in found.kept for need in edges[name])
        else:
            assert all(need in found.wanted or need not in found.kept for need in edges[name])
    assert found.wanted <= set(found.kept)
    assert not found.wanted & set(gone)
    assert not found.kept.keys() & found.needed.keys()


@pytest.mark.parametrize("events", [[], ["run.ended"]])
def test_what_is_no_log_of_a_run_is_told(events: list[Any]) -> None:
    told = [Event(seq=1, time="t", at=0.0, kind=kind) for kind in events]
    with pytest.raises(RunLogFault):
        past_of(told, "events.jsonl")


def test_a_log_goes_on_behind_its_last_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path)
    log.add("run.started", run="r")
    last = log.add("run.cleaning")
    log.close()
    path.write_bytes(path.read_bytes() + b'{"v":2,"seq":3,"ti')
    log = EventLog(path, last=last)
    log.add("run.resumed", run="r")
    log.close()
    told = list(read_events(path))
    assert [(one.seq, one.kind) for one in told] == [
        (1, "run.started"),
        (2, "run.cleaning"),
        (3, "run.resumed"),
    ]
    assert told[2].at >= told[1].at


@pytest.mark.parametrize(("gone", "left"), [(0, 60), (40, 20), (90, 1), (-500, 60)])
def test_a_limit_goes_on_and_no_clock_makes_it_longer_or_none(gone: int, left: int) -> None:
    since = datetime(2026, 1, 2, tzinfo=timezone.utc)
    now = since + timedelta(seconds=gone)
    under_way = UnderWay(attempt=1, nonce="n", since=since.isoformat())
    assert time_left(60.0, under_way, Moment(boot="b", at=5.0), now) == left
    another = replace(under_way, moment=Moment(boot="a", at=0.0))
    assert time_left(60.0, another, Moment(boot="b", at=5.0), now) == left


@pytest.mark.parametrize("jump", [-(10**8), 0, 10**8])
def test_a_jump_of_the_calendar_gives_and_takes_nothing_of_a_limit(jump: int) -> None:
    now = datetime.now(timezone.utc) + timedelta(seconds=jump)
    moment = Moment(boot="b", at=100.0)
    under_way = UnderWay(attempt=1, nonce="n", since=now.isoformat(), moment=moment)
    assert time_left(60.0, under_way, Moment(boot="b", at=140.0)) == 20


def test_the_log_tells_when_on_the_machines_clock_an_attempt_went(make: SimpleNamespace) -> None:
    owner = "m/boot-7/1/2/3"
    events = Log(chain(make), n=1).events
    begun = replace(events[0], data={**events[0].data, "owner": owner, "clock": 1000.5})
    log = Log(chain(make), n=1).went("a")
    log.events[0] = begun
    log.events[-1] = replace(log.events[-1], at=7.0)
    known = log.past.call(CallId("a")).under_way
    assert known is not None
    assert known.moment == Moment(boot="boot-7", at=1007.5)
    log.begin("run.resumed", "i", {"n": 1})
    assert log.went("a", 2).past.calls[CallId("a")].under_way.moment is None  # type: ignore[union-attr]
    log = Log(chain(make), n=1)
    for told in ({"owner": "nobody", "clock": 1.0}, {"owner": owner}):
        log.events[0] = replace(events[0], data={**events[0].data, **told})
        known = log.went("a").past.call(CallId("a")).under_way
        assert known is not None
        assert known.moment is None, "half of it is no moment"


def failing(log: Log, attempt: int, kind: str = "step") -> Log:
    log.went("a", attempt)
    log.add("attempt.failed", "a", attempt, message="m", kind=kind)
    return log


def test_the_retries_of_a_run_that_was_killed_are_not_given_anew(make: SimpleNamespace) -> None:
    log = failing(failing(failing(Log(chain(make), n=1), 1), 2), 3, "lost")
    log.add("attempt.starting", "a", 4, nonce="n4")
    log.add("attempt.failed", "a", 4, message="killed while it stood ready", kind="crash")
    log.went("a", 5)
    assert log.past.call(CallId("a")).uncounted == 3, "two of five have failed by themselves"
    assert log.past.call(CallId("a")).went == 4
    log.add("call.failed", "a", kind="step")
    assert log.past.call(CallId("a")).uncounted == 5


def test_those_of_a_run_that_had_an_end_are(make: SimpleNamespace) -> None:
    log = failing(Log(chain(make), n=1), 1)
    log.add("run.ended", None, state="cancelled")
    assert log.past.call(CallId("a")).uncounted == 1
    assert log.past.state == "cancelled"
    log.begin("run.resumed", "i", {"n": 1})
    assert log.past.state is None, "it goes on, and may have to be gone on with"
