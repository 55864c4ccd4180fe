"""What is gone twice in a row is given up; an engine that is away says nothing."""

from __future__ import annotations

import threading

import pytest

from ops0.core.errors import EngineError
from ops0.runtime.engines.watchdog import Watchdog


def test_only_what_stays_gone_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops0.runtime.engines.watchdog.PERIOD", 0.001)
    answers: list[object] = [False, True, EngineError("away"), True, False, True, True]
    acted = threading.Event()

    def gone() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    Watchdog(gone, acted.set).begin()
    assert acted.wait(10)
    assert answers == []


def test_after_the_end_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops0.runtime.engines.watchdog.PERIOD", 0.001)
    watchdog = Watchdog(lambda: pytest.fail("asked"), lambda: pytest.fail("acted"))
    watchdog.end()
    watchdog.begin()


def test_what_ends_while_it_is_asked_for_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops0.runtime.engines.watchdog.PERIOD", 0.001)
    acted: list[str] = []
    asked: list[int] = []

    def gone() -> bool:
        asked.append(1)
        if len(asked) == 2:
            watchdog.end()
        return True

    watchdog = Watchdog(gone, lambda: acted.append("acted"))
    watchdog.begin()
    for thread in threading.enumerate():
        if thread.name == "ops0 watchdog":
            thread.join(10)
    assert (len(asked), acted) == (2, [])
