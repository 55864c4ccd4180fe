"""Samples of what an attempt uses: often at first, seldom later, and never in the way."""

from __future__ import annotations

import itertools
import threading

import pytest

from ops0.core.errors import EngineError
from ops0.host.usage import Usage
from ops0.runtime.engines.docker_answers import usage_of
from ops0.runtime.execution.sampling import Sampler, pauses
from ops0.runtime.execution.verdict import parse_used


def test_ten_hours_are_a_few_thousand_samples() -> None:
    passed = itertools.accumulate(pauses())
    assert sum(1 for _ in itertools.takewhile(lambda at: at < 36_000, passed)) < 2_000
    assert list(itertools.islice(pauses(), 3)) == [0.25, 0.5, 0.5]


def test_an_engine_that_is_away_leaves_a_gap_and_the_end_is_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ops0.runtime.execution.sampling.FIRST", 0.001)
    monkeypatch.setattr("ops0.runtime.execution.sampling.SHORTEST", 0.001)
    answers = iter([EngineError("away"), None, Usage(1.0, 5), Usage(2.0, 6)])
    told: list[Usage] = []
    enough = threading.Event()

    def ask() -> Usage | None:
        answer = next(answers, None)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def tell(usage: Usage) -> None:
        told.append(usage)
        if len(told) == 2:
            enough.set()

    sampler = Sampler(ask, tell)
    sampler.begin()
    assert enough.wait(10)
    sampler.end()
    assert told == [Usage(1.0, 5), Usage(2.0, 6)]


def test_memory_is_what_docker_stats_shows() -> None:
    cpu = {"cpu_usage": {"total_usage": 1_500_000_000}}
    v1 = {"usage": 100, "stats": {"total_inactive_file": 30, "inactive_file": 1}}
    v2 = {"usage": 100, "stats": {"inactive_file": 40}}
    assert usage_of({"cpu_stats": cpu, "memory_stats": v1}) == Usage(1.5, 70)
    assert usage_of({"cpu_stats": cpu, "memory_stats": v2}) == Usage(1.5, 60)
    assert usage_of({"cpu_stats": cpu, "memory_stats": {}}) is None


@pytest.mark.parametrize(
    ("raw", "used"),
    [
        ({"cpu": 1.5, "peak": 10}, {"cpu": 1.5, "peak": 10}),
        ({"cpu": float("nan"), "peak": -1}, {}),
        ({"cpu": "1", "peak": 2**80}, {}),
        (None, {}),
    ],
)
def test_what_a_runner_says_it_used_is_read_with_mistrust(raw: object, used: object) -> None:
    assert parse_used(raw) == used
