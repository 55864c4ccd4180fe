"""Ending a run early: what has not begun is cancelled, what waits is dismissed, what runs gets a moment."""

from __future__ import annotations

from ops0.core.pipeline import CallId
from ops0.runtime.playing.stage import Stage

CLEAN_LIMIT = 30.0
"""Seconds that cleaning up may take."""


def interrupted(stage: Stage) -> float:
    """Somebody asks the run to end: once orderly, twice now. Gives the seconds after which it is given up."""
    stage.interrupts += 1
    grace = stage.orders.grace if stage.interrupts == 1 else 0.0
    because = "interrupt" if stage.interrupts == 1 else "interrupt twice"
    stage.log.add("run.stopping", because=because)
    stop_starting(stage, None)
    for call, track in stage.tracks.items():
        if stage.schedule.state(call) == "running" and track.worker is not None:
            track.worker.dismiss(grace)
    return grace + CLEAN_LIMIT


def stop_starting(stage: Stage, because: CallId | None) -> None:
    """Start nothing any more. ``because``: the call that failed, or None."""
    if stage.stopping:
        return
    stage.stopping = True
    if because is not None:
        stage.log.add("run.stopping", because=because)
    for call in stage.schedule.stop():
        dismiss(stage, call, "the run is stopping")
        waiting = stage.tracks[call].retrying
        if waiting is not None:
            stage.errors.append(waiting)
        stage.log.add("call.cancelled", call, because="the run is stopping")


def dismiss(stage: Stage, call: CallId, reason: str) -> None:
    """End an attempt that waits for its inputs and will not get them."""
    track = stage.tracks[call]
    if track.worker is not None and track.retrying is None:
        track.worker.dismiss(0)
        stage.log.add("attempt.dismissed", call, track.attempts, reason=reason)
