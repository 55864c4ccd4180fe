"""The schedule over random graphs: all runs once, in order, within its slots; failures skip exactly what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from effort import cases
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.pipeline import Call
from ops0.runtime.execution.schedule import Schedule
from ops0.runtime.inputs import producers_of


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, list[str]], set[str], set[str]]:
    """Calls with their producers; those that fail for good; those whose first attempt fails."""
    size = draw(st.integers(1, 12))
    names = [f"c{n}" for n in range(size)]
    edges = {
        name: draw(st.lists(st.sampled_from(names[:n]), unique=True, max_size=3)) if n else []
        for n, name in enumerate(names)
    }
    failing = set(draw(st.lists(st.sampled_from(names), unique=True, max_size=3)))
    flaky = set(draw(st.lists(st.sampled_from(names), unique=True, max_size=3)))
    return edges, failing, flaky


def downstream(edges: dict[str, list[str]], roots: set[str]) -> set[str]:
    found: set[str] = set()
    for name, needs in edges.items():
        if any(need in roots or need in found for need in needs):
            found.add(name)
    return found


@dataclass
class Play:
    """Drives a schedule as the conductor does; ``choose`` picks what happens next."""

    edges: dict[str, list[str]]
    failing: set[str]
    flaky: set[str]
    schedule: Schedule
    jobs: int
    ahead: int
    ended: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    starting: list[str] = field(default_factory=list)
    importing: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)

    def turn(self, choose: Callable[[list[tuple[str, str]]], tuple[str, str]]) -> None:
        for call in self.schedule.take_releases():
            assert set(self.edges[call]) <= set(self.ended), "it went before its inputs were there"
            self.running.append(call)
        assert len(self.running) <= self.jobs
        new = self.schedule.take_starts()
        self.starting += new
        self.tries.update(new)
        parked = sum(1 for state in self.schedule.states().values() if state == "parked")
        assert parked <= self.jobs + self.ahead
        moves = [("up", c) for c in self.starting] + [("end", c) for c in self.running]
        moves += [("ready", c) for c in self.importing]
        moves += [("due", c) for c in self.waiting]
        moves += [("lost", c) for c in self.importing if self._may_be_lost(c)]
        assert moves, "nothing can happen any more, and the run has not finished"
        move, call = choose(moves)
        if move == "up":
            self.starting.remove(call)
            self.importing.append(call)
            self.schedule.started(call)
        elif move == "ready":
            self.importing.remove(call)
            self.schedule.ready(call)
        elif move == "due":
            self.waiting.remove(call)
            self.schedule.due(call)
        elif move == "lost":
            self.importing.remove(call)
            self.schedule.retry(call)
            self.waiting.append(call)
        else:
            self.end(call)

    def _may_be_lost(self, call: str) -> bool:
        first = call in self.flaky and self.tries[call] == 1
        return first and self.schedule.state(call) == "parked"

    def end(self, call: str) -> None:
        self.running.remove(call)
        self.importing = [c for c in self.importing if c != call]
        if call in self.flaky and self.tries[call] == 1:
            self.schedule.retry(call)
            self.waiting.append(call)
        elif call in self.failing:
            skipped = self.schedule.failed(call)
            self.starting = [c for c in self.starting if c not in skipped]
            self.importing = [c for c in self.importing if c not in skipped]
        else:
            self.schedule.done(call)
            self.ended.append(call)


@cases(100, 20_000)
@given(
    graph=graphs(),
    jobs=st.integers(1, 4),
    ahead=st.integers(0, 9),
    abreast=st.integers(1, 4),
    late=st.sets(st.sampled_from([f"c{n}" for n in range(12)]), max_size=3),
    data=st.data(),
)
def test_every_call_runs_once_in_order_and_failures_skip_exactly_what_follows(
    make: SimpleNamespace,
    graph: tuple,
    jobs: int,
    ahead: int,
    abreast: int,
    late: set,
    data: st.DataObject,
) -> None:
    edges, failing, flaky = graph
    calls = [make.call(n, *needs) for n, needs in edges.items()]
    schedule = Schedule(calls, jobs=jobs, ahead=ahead, abreast=abreast, late=late)
    play = Play(edges, failing, flaky, schedule, jobs, ahead)
    for _ in range(200):
        if not schedule.finished:
            play.turn(lambda moves: data.draw(st.sampled_from(moves)))
    states = schedule.states()
    skipped = downstream(edges, failing)
    assert schedule.finished
    assert {c for c, s in states.items() if s == "skipped"} == skipped
    assert {c for c, s in states.items() if s == "failed"} == failing - skipped
    assert sorted(play.ended) == sorted(set(edges) - skipped - failing)


def states(schedule: Schedule) -> list[str]:
    return list(schedule.states().values())


def up(schedule: Schedule) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """One round: (released, started); what is started is up at once."""
    released = schedule.take_releases()
    started = schedule.take_starts()
    for call in started:
        schedule.started(call)
    return released, started


def test_the_next_call_is_parked_while_its_producer_runs(make: SimpleNamespace) -> None:
    schedule = Schedule([make.call("a"), make.call("b", "a"), make.call("c", "b")], jobs=1, ahead=1)
    assert up(schedule) == ((), ("a", "b"))
    assert up(schedule) == (("a",), ())
    schedule.ready("a")
    assert up(schedule) == ((), ()), "one waits already"
    schedule.done("a")
    assert up(schedule) == (("b",), ("c",))


def test_it_is_calm_while_nothing_is_started_or_imports(make: SimpleNamespace) -> None:
    schedule = Schedule([make.call("a"), make.call("b", "a")], jobs=1, ahead=1, abreast=1)
    assert schedule.calm
    assert schedule.take_starts() == ("a",)
    schedule.started("a")
    assert schedule.take_releases() == ("a",)
    assert not schedule.calm, "it imports"
    schedule.ready("a")
    assert schedule.calm
    assert schedule.take_starts() == ("b",)
    assert not schedule.calm


def test_nothing_is_parked_without_look_ahead(make: SimpleNamespace) -> None:
    schedule = Schedule([make.call("a"), make.call("b", "a")], jobs=4, ahead=0)
    up(schedule)
    assert up(schedule) == (("a",), ())


def test_a_chain_is_parked_as_far_as_there_is_room_and_no_faster_than_it_imports(
    make: SimpleNamespace,
) -> None:
    calls = [make.call("c0"), *(make.call(f"c{n}", f"c{n - 1}") for n in range(1, 6))]
    schedule = Schedule(calls, jobs=1, ahead=3, abreast=2)
    assert up(schedule) == ((), ("c0", "c1")), "two import at a time"
    schedule.ready("c1")
    assert up(schedule) == (("c0",), ("c2",))
    schedule.ready("c0"), schedule.ready("c2")
    assert up(schedule) == ((), ("c3",)), "three wait"
    schedule.ready("c3")
    assert up(schedule) == ((), ())
    schedule.done("c0")
    assert up(schedule) == (("c1",), ("c4",))


def test_room_that_comes_and_goes_is_heeded(make: SimpleNamespace) -> None:
    schedule = Schedule([make.call("a"), make.call("b", "a")], jobs=1, ahead=0)
    up(schedule)
    assert up(schedule) == (("a",), ())
    schedule.ahead = 1
    assert up(schedule) == ((), ("b",))
    schedule.ahead = 0
    schedule.done("a")
    assert up(schedule) == (("b",), ()), "what is parked stays so"


def test_two_chains_are_parked_side_by_side(make: SimpleNamespace) -> None:
    edges = {"a0": (), "a1": ("a0",), "a2": ("a1",), "b0": (), "b1": ("b0",), "b2": ("b1",)}
    calls = [make.call(name, *needs) for name, needs in edges.items()]
    schedule = Schedule(calls, jobs=2, ahead=2, abreast=9)
    assert up(schedule) == ((), ("a0", "b0"))
    schedule.ready("a0")
    assert up(schedule) == (("a0", "b0"), ("a1", "b1"))


def test_before_the_first_is_ready_nothing_far_takes_the_processors_from_it(
    make: SimpleNamespace,
) -> None:
    calls = [make.call("c0"), *(make.call(f"c{n}", f"c{n - 1}") for n in range(1, 7))]
    schedule = Schedule(calls, jobs=2, ahead=9, abreast=4)
    assert up(schedule) == ((), ("c0", "c1")), "as many as may run"
    assert up(schedule) == (("c0",), ())
    schedule.ready("c1")
    assert up(schedule) == ((), ("c2", "c3", "c4")), "four import"
    schedule.ready("c0")
    assert up(schedule) == ((), ("c5",))


def test_what_reads_from_a_kept_call_is_not_parked_before_that_runs(make: SimpleNamespace) -> None:
    calls = [make.call("a"), make.call("b", "a"), make.call("c", "b")]
    schedule = Schedule(calls, jobs=1, ahead=3, abreast=9, late={"a"})
    assert up(schedule) == ((), ("a",)), "it is looked for"
    schedule.restored("a")
    assert up(schedule) == ((), ("b", "c"))


def test_a_retry_keeps_its_parked_consumer(make: SimpleNamespace) -> None:
    schedule = Schedule([make.call("a"), make.call("b", "a")], jobs=1, ahead=1)
    up(schedule), up(schedule)
    schedule.retry("a")
    assert states(schedule) == ["pending", "parked"]
    assert up(schedule) == ((), ())
    schedule.due("a")
    assert up(schedule) == ((), ("a",))
    assert up(schedule) == (("a",), ())
    schedule.done("a")
    assert up(schedule) == (("b",), ())


def test_what_was_lost_while_it_was_parked_is_parked_again(make: SimpleNamespace) -> None:
    """It waited until its inputs were there, as if there had never been room for it."""
    schedule = Schedule([make.call("a"), make.call("b", "a"), make.call("c", "b")], jobs=1, ahead=2)
    assert up(schedule) == ((), ("a", "b"))
    schedule.ready("a"), schedule.ready("b")
    assert up(schedule) == (("a",), ("c",))
    schedule.retry("b")
    assert up(schedule) == ((), ()), "its pause is not over"
    schedule.due("b")
    assert up(schedule) == ((), ("b",))
    schedule.done("a")
    assert up(schedule) == (("b",), ())


def test_what_was_lost_while_it_was_parked_waits_for_producers_that_do_not_run(
    make: SimpleNamespace,
) -> None:
    schedule = Schedule([make.call("a"), make.call("b", "a")], jobs=1, ahead=2)
    up(schedule), up(schedule)
    schedule.ready("a"), schedule.ready("b")
    schedule.retry("b"), schedule.retry("a")
    schedule.due("b")
    assert up(schedule) == ((), ())
    schedule.due("a")
    assert up(schedule) == ((), ("a", "b"))


def test_what_is_taken_over_runs_and_takes_a_slot(make: SimpleNamespace) -> None:
    calls = [make.call("a"), make.call("b", "a"), make.call("c")]
    schedule = Schedule(calls, jobs=1, ahead=1)
    schedule.adopted("a")
    assert states(schedule)[0] == "running"
    assert up(schedule) == ((), ("b",)), "what follows is parked, and nothing else begun"
    schedule.ready("b"), schedule.done("a")
    assert up(schedule) == (("b",), ())
    schedule.cancelled("b")
    assert up(schedule) == ((), ("c",)), "its slot is free"
    assert up(schedule) == (("c",), ())
    schedule.cancelled("c")
    assert states(schedule) == ["done", "cancelled", "cancelled"]
    assert schedule.finished


def test_stopping_cancels_what_does_not_run(make: SimpleNamespace) -> None:
    calls = [make.call("a"), make.call("b", "a"), make.call("c")]
    schedule = Schedule(calls, jobs=1, ahead=1)
    up(schedule), up(schedule)
    assert schedule.stop() == ("b", "c")
    assert states(schedule) == ["running", "cancelled", "cancelled"]
    assert up(schedule) == ((), ())
    schedule.done("a")
    assert schedule.finished


def test_ten_thousand_calls_are_scheduled_in_seconds(make: SimpleNamespace) -> None:
    calls: list[Call] = [make.call("root"), *(make.call(f"w{n}", "root") for n in range(9_998))]
    calls.append(make.call("last", *(c.id for c in calls[1:])))
    schedule = Schedule(calls, jobs=8, ahead=8)
    rounds = 0
    while not schedule.finished:
        released, _ = up(schedule)
        for call in released:
            schedule.done(call)
        rounds += 1
        assert rounds < 30_000
    assert set(states(schedule)) == {"done"}


@pytest.mark.parametrize("needs", [("a",), ("a", "a"), ("a", "b", "a")])
def test_a_producer_counts_once_however_often_it_is_read(
    make: SimpleNamespace, needs: tuple[str, ...]
) -> None:
    assert producers_of(make.call("x", *needs)) == tuple(dict.fromkeys(needs))


def test_calls_that_become_ready_together_leave_no_room_for_more_ahead(
    make: SimpleNamespace,
) -> None:
    edges = {"c0": (), "c1": ("c0",), "c2": ("c0", "c1"), "c3": ("c0", "c1"), "c4": ("c0",)}
    edges |= {"c5": ("c0",), "c6": ("c1",)}
    calls = [make.call(name, *needs) for name, needs in edges.items()]
    schedule = Schedule(calls, jobs=1, ahead=3)
    up(schedule), up(schedule)
    schedule.done("c0")
    up(schedule)
    assert states(schedule).count("parked") + states(schedule).count("running") <= 4
