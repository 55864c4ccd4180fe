"""Whole runs over an engine that runs nothing, and what their logs say."""

from __future__ import annotations

from typing import Any

from ops0.runtime.events import Event, Listener, read_events
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.report import Report
from ops0.runtime.runs import find_run, kept_runs

__all__ = ["events_of_last_run", "run", "states"]


def run(engine: Any, pipeline: Any, on_event: Listener | None = None, **options: Any) -> Report:
    """One run, which leaves nothing in the engine."""
    report = run_pipeline(pipeline, engine, RunOptions(**options), on_event=on_event)
    assert engine.live == set()
    assert engine.faults == []
    return report


def events_of_last_run() -> list[Event]:
    """All of them, in order."""
    return list(read_events(find_run(kept_runs()[-1]).events))


def states(events: list[Event]) -> dict[str, str]:
    """The last that was said of each call."""
    return {e.call: e.kind for e in events if e.kind.startswith("call.") and e.call}
