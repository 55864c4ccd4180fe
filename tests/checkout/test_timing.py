"""The benchmarks' own stopwatch: turns are taken, preparation is not counted."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def timing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_timing", ROOT / "timing.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Clock:
    """A clock that only work and preparation move."""

    def __init__(self) -> None:
        self.now = 0.0
        self.order: list[str] = []

    def __call__(self) -> float:
        return self.now

    def work(self, name: str, seconds: float):
        def spend() -> None:
            self.now += seconds
            self.order.append(name)

        return spend


def test_ways_take_turns_and_preparation_is_free(timing: ModuleType) -> None:
    clock = Clock()
    quick = timing.Way(name="a", work=clock.work("a", 1.0), prepare=clock.work("p", 50.0))
    slow = timing.Way(name="b", work=clock.work("b", 4.0))
    ours, theirs = timing.in_turns((quick, slow), 3, warm=False, clock=clock)
    assert clock.order == ["p", "a", "b"] * 3
    assert (ours.seconds, theirs.seconds) == ((1.0,) * 3, (4.0,) * 3)


def test_a_warm_round_is_not_in_the_series(timing: ModuleType) -> None:
    clock = Clock()
    (series,) = timing.in_turns((timing.Way(name="a", work=clock.work("a", 1.0)),), 2, clock=clock)
    assert len(series.seconds) == 2
    assert clock.order == ["a"] * 3


def test_median_and_ends(timing: ModuleType) -> None:
    series = timing.Series((3.0, 1.0, 10.0))
    assert (series.low, series.median, series.high) == (1.0, 3.0, 10.0)


def test_no_rounds_measure_nothing(timing: ModuleType) -> None:
    with pytest.raises(ValueError, match="0 rounds"):
        timing.in_turns((), 0)
