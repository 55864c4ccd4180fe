"""A runner that stands still before it is ready is found; one that works, or that nobody can see, is let be."""

from __future__ import annotations

import threading

import pytest

from ops0.core.errors import EngineError
from ops0.host.usage import Usage
from ops0.runtime.engines import importing
from ops0.runtime.engines.importing import ImportWatch


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "LOOK", 0.001)


def stuck_after(answers: list[float | Exception | None]) -> tuple[bool, int]:
    """Whether it was found to stand still, and how many answers that took; the last one ends the watch."""
    asked = 0
    found: list[float] = []
    over = threading.Event()

    def ask() -> Usage | None:
        nonlocal asked
        answer = answers[asked]
        asked += 1
        if asked == len(answers):
            watch.end()
            over.set()
        if isinstance(answer, Exception):
            raise answer
        return None if answer is None else Usage(cpu=answer, memory=1)

    def stuck(seconds: float) -> None:
        found.append(seconds)
        over.set()

    watch = ImportWatch(ask, stuck)
    watch.begin()
    assert over.wait(10)
    return bool(found), asked


def test_one_that_uses_no_processor_time_is_stuck() -> None:
    assert stuck_after([0.1, 0.5, 0.505, 1.0, 1.0]) == (True, 3)


@pytest.mark.parametrize(
    "answers",
    [
        [0.1, 0.2, 0.3, 0.4],
        [None, None, None],
        [0.1, EngineError("away"), 0.1, None, 0.1, None],
    ],
)
def test_one_that_works_or_cannot_be_seen_is_not(answers: list[float | Exception | None]) -> None:
    assert stuck_after(answers) == (False, len(answers))
