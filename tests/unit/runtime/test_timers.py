"""What is due at a time: no limit is passed over, and of those due at once the one that was set first goes first."""

from __future__ import annotations

from ops0.core.pipeline import CallId
from ops0.runtime.execution.timers import Timers


def test_what_is_due_comes_once_the_oldest_first() -> None:
    timers = Timers()
    assert timers.next is None
    assert timers.take_due(9.0) == ()
    timers.set(2.0, "retry", CallId("b"), 1)
    timers.set(1.0, "ready", CallId("c"), 1)
    timers.set(2.0, "limit", CallId("a"), 2)
    timers.set(2.5, "limit", CallId("a"), 3)
    assert timers.next == 1.0
    due = [(one.at, one.kind, one.call, one.attempt) for one in timers.take_due(2.0)]
    assert due == [(1.0, "ready", "c", 1), (2.0, "retry", "b", 1), (2.0, "limit", "a", 2)]
    assert timers.next == 2.5
    assert timers.take_due(2.4) == ()
