from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from ops0_builder.registry.errors import NotInRegistry, RegistryUnreachable
from ops0_builder.registry.patience import Patience, Stopped, Transient, Waiting, patiently
from ops0_builder.registry.side_by_side import side_by_side

QUICK = Patience(first=0.001, longest=0.002, attempts=3)


def test_it_works_at_last() -> None:
    left = [Transient("a"), Transient("b")]

    def attempt() -> int:
        if left:
            raise left.pop()
        return 5

    stop = threading.Event()
    assert patiently(attempt, host="h", request="r", patience=QUICK, stop=stop) == 5


def test_each_wait_is_told_before_it_begins() -> None:
    left = [Transient("HTTP 429", after=0.01), Transient("reset")]
    told: list[Waiting] = []

    def attempt() -> int:
        if left:
            raise left.pop()
        return len(told)

    patience = replace(QUICK, on_wait=told.append)
    stop = threading.Event()
    assert patiently(attempt, host="h", request="r", patience=patience, stop=stop) == 2
    assert [(one.host, one.request, one.cause) for one in told] == [
        ("h", "r", "reset"),
        ("h", "r", "HTTP 429"),
    ]
    assert told[1].seconds == 0.01


def test_the_last_cause_is_told() -> None:
    def attempt() -> int:
        raise Transient("HTTP 503")

    with pytest.raises(RegistryUnreachable, match="HTTP 503") as told:
        patiently(attempt, host="h", request="r", patience=QUICK, stop=threading.Event())
    assert told.value.attempts == 3


def test_a_long_wait_ends_when_it_is_stopped() -> None:
    stop, waiting = threading.Event(), threading.Event()

    def attempt() -> int:
        waiting.set()
        raise Transient("later", after=250)

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(patiently, attempt, host="h", request="r", patience=QUICK, stop=stop)
        assert waiting.wait(5)
        stop.set()
        with pytest.raises(Stopped):
            future.result(timeout=5)


def test_the_first_fault_stops_the_others_and_is_the_one_that_is_told() -> None:
    stop = threading.Event()

    def work(item: int) -> int:
        if item == 3:
            raise NotInRegistry("x")
        assert stop.wait(5)
        raise Stopped

    with pytest.raises(NotInRegistry):
        side_by_side(work, range(4), stop)
    assert stop.is_set()
