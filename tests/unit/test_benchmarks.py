"""The stopwatch that users get."""

from __future__ import annotations

import time

import pytest

from ops0.benchmarks import Timer, measure_performance


def ticks(*times: float):
    return iter(times).__next__


def test_elapsed_grows_while_the_block_runs_and_is_held_afterwards() -> None:
    timer = Timer(ticks(10.0, 10.5, 12.0))
    assert timer.elapsed == 0.5
    timer.stop()
    assert (timer.elapsed, timer.elapsed) == (2.0, 2.0)


def test_the_whole_block_is_measured_and_nothing_else() -> None:
    before = time.perf_counter()
    with measure_performance() as timer:
        began = time.perf_counter()
        sum(range(1000))
        ended = time.perf_counter()
    after = time.perf_counter()
    assert ended - began <= timer.elapsed <= after - before


def test_a_second_stop_changes_nothing() -> None:
    timer = Timer(ticks(1.0, 2.0, 9.0))
    timer.stop()
    timer.stop()
    assert timer.elapsed == 1.0


def test_a_block_that_raises_is_measured_too() -> None:
    with pytest.raises(KeyError), measure_performance() as timer:
        raise KeyError("x")
    held = timer.elapsed
    assert 0 <= held < 60
    assert timer.elapsed == held
