"""Ending a run early: what has not begun is cancelled, what waits is dismissed, what runs gets a moment."""

from __future__ import annotations

from ops0.core.pipeline import CallId
from ops0.runtime.execution.live_run import LiveRun

CLEAN_LIMIT = 30.0
"""Seconds that cleaning up may take."""


def interrupted(live: LiveRun) -> float:
    """Somebody asks the run to end: once orderly, twice now. Gives the seconds after which it is given up."""
    live.interrupts += 1
    grace = live.spec.grace if live.interrupts == 1 else 0.0
    because = "interrupt" if live.interrupts == 1 else "interrupt twice"
    live.log.add("run.stopping", because=because)
    stop_starting(live, None)
    for call, live_call in live.calls.items():
        if live.schedule.state(call) == "running" and live_call.worker is not None:
            live_call.worker.dismiss(grace)
    return grace + CLEAN_LIMIT


def stop_starting(live: LiveRun, because: CallId | None) -> None:
    """Start nothing any more. ``because``: the call that failed, or None."""
    if live.stopping:
        return
    live.stopping = True
    live.engine.give_up_starts()  # all that is being started is dismissed below
    if because is not None:
        live.log.add("run.stopping", because=because)
    for call in live.schedule.stop():
        dismiss(live, call, "the run is stopping")
        waiting = live.calls[call].retrying
        if waiting is not None:
            live.errors.append(waiting)
        live.log.add("call.cancelled", call, because="the run is stopping")


def dismiss(live: LiveRun, call: CallId, reason: str) -> None:
    """End an attempt that waits for its inputs and will not get them."""
    live_call = live.calls[call]
    if live_call.worker is not None and live_call.retrying is None:
        live_call.worker.dismiss(0)
        live.log.add("attempt.dismissed", call, live_call.attempts, reason=reason)
