"""Removing side by side: many at once, none forgotten, and no fault of one keeps another."""

from __future__ import annotations

import threading

import pytest

from ops0.host.engine_errors import EngineUnreachable
from ops0.runtime.engines.removing import ABREAST, Remains, remove_each


def test_they_are_asked_for_at_once() -> None:
    together = threading.Barrier(ABREAST, timeout=10)
    remove_each(lambda _: together.wait() and None, range(ABREAST))


def test_a_fault_of_one_is_raised_when_the_others_are_gone() -> None:
    gone: list[int] = []

    def remove(number: int) -> None:
        if number == 1:
            raise ValueError(number)
        gone.append(number)

    with pytest.raises(ValueError, match="1"):
        remove_each(remove, range(4))
    assert sorted(gone) == [0, 2, 3]


def test_what_has_ended_stays_until_there_is_enough_of_it() -> None:
    gone: list[str] = []
    all_gone = threading.Event()

    def remove(name: str) -> None:
        gone.append(name)
        if len(gone) == ABREAST:
            all_gone.set()
        raise EngineUnreachable("unix:///fake", "connection refused")

    remains = Remains(remove)
    for number in range(ABREAST - 1):
        remains.add(f"c{number}")
    assert gone == []
    remains.add("last")
    assert all_gone.wait(10)
    assert len(set(gone)) == ABREAST


def test_when_there_is_time_what_has_ended_goes_in_one_batch_after_the_other() -> None:
    gone: list[str] = []
    asked, answer = threading.Event(), threading.Event()

    def remove(name: str) -> None:
        asked.set()
        assert answer.wait(10)
        gone.append(name)

    remains = Remains(remove)
    remains.tidy()
    assert not asked.is_set(), "nothing has ended"
    remains.add("a")
    remains.tidy()
    assert asked.wait(10)
    remains.add("b")
    remains.tidy()
    remains.settle(0.01)
    assert gone == []
    answer.set()
    remains.settle(10)
    assert gone == ["a"], "b waits for the next good time"
    remains.tidy()
    remains.settle(10)
    assert gone == ["a", "b"]
