"""What follows when an attempt has ended, as far as no whole run shows it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ops0.runtime.execution.endings import gone
from ops0.runtime.execution.messages import Gone
from ops0.runtime.execution.schedule import Schedule


@pytest.mark.parametrize(("interrupts", "because"), [(0, "the run is stopping"), (1, "interrupt")])
def test_what_is_gone_of_a_run_that_stops_keeps_nobody_waiting(
    interrupts: int, because: str, make: SimpleNamespace
) -> None:
    schedule = Schedule(make.pipeline(make.call("a"), make.call("b")).calls, jobs=2, ahead=0)
    for call in ("a", "b"):
        schedule.adopted(call)
    schedule.failed("a")
    schedule.stop()
    told: list[tuple[str, str, str]] = []
    log = SimpleNamespace(add=lambda kind, call, because: told.append((kind, call, because)))
    live: Any = SimpleNamespace(
        schedule=schedule,
        log=log,
        interrupts=interrupts,
        stopping=True,
        calls={"b": SimpleNamespace(because=None, before=0)},
    )
    job: Any = SimpleNamespace(call="b")
    gone(live, Gone(job))
    assert schedule.finished
    assert told == [("call.cancelled", "b", because)]
