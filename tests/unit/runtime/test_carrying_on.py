"""A run that goes on: what is under way is taken on as it was, and what would be another one is ended."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from ops0.core.pipeline import Pipeline
from ops0.runtime.engine import Job
from ops0.runtime.errors import StepFailed
from ops0.runtime.events import Event, read_events
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.runs import NEWEST, find_run, kept_runs

SAME = {"a": "sha256:a"}
"""Of containers the image holds the code."""


def events() -> list[Event]:
    return list(read_events(find_run(kept_runs()[-1]).events))


def broken_off(make: SimpleNamespace, pipeline: Pipeline) -> Event:
    """A run whose ops0 was killed while ``a`` worked. Gives the start of that attempt."""
    run_pipeline(pipeline, make.Engine())
    folder, told = find_run(kept_runs()[-1]), events()
    went = next(n for n, one in enumerate(told) if one.kind == "attempt.go")
    lines = folder.events.read_bytes().splitlines(keepends=True)
    folder.events.write_bytes(b"".join(lines[: went + 1]))
    folder.owner.unlink()
    return next(one for one in told if one.kind == "attempt.starting")


@pytest.fixture
def holding(make: SimpleNamespace) -> Callable[..., Any]:
    """An engine that still has what is under way; ``taken``: call, attempt and nonce of what was taken on."""

    class Holding(make.Engine):  # type: ignore[misc,name-defined]
        def reattach(self, job: Job, *heard: Any) -> Any:
            self.taken = [*getattr(self, "taken", []), (job.call, job.attempt, job.nonce)]
            return self.start(job, *heard)

    return Holding


def test_what_is_under_way_is_taken_on_with_its_own_number_and_nonce(
    make: SimpleNamespace, holding: Callable[..., Any]
) -> None:
    pipeline = make.pipeline(make.call("a"), make.call("b", "a"))
    begun = broken_off(make, pipeline)
    engine = holding(codes=SAME)
    report = run_pipeline(pipeline, engine, RunOptions(resume=NEWEST))
    assert engine.taken == [("a", 1, begun.data["nonce"])]
    assert engine.discarded == []
    assert report.calls[0].attempts == 1
    done = [e for e in events() if e.kind == "attempt.done"]
    assert [e.call for e in done] == ["a", "b"]
    assert done[0].attempt == 1


def test_what_would_be_another_one_is_ended_and_made_anew(
    make: SimpleNamespace, holding: Callable[..., Any]
) -> None:
    pipeline = make.pipeline(make.call("a"))
    broken_off(make, pipeline)
    engine = holding(codes={"a": "another code"})
    run_pipeline(pipeline, engine, RunOptions(resume=NEWEST))
    assert engine.discarded == ["a/1"]
    assert not hasattr(engine, "taken")
    assert [(e.call, e.attempt) for e in events() if e.kind == "attempt.done"] == [("a", 2)]


def test_one_that_was_taken_on_is_one_of_its_tries(
    make: SimpleNamespace, holding: Callable[..., Any]
) -> None:
    options = {"a": {"retry_attempts": 2, "retry_backoff": 0.0}}
    pipeline = make.pipeline(make.call("a"), options=options)
    broken_off(make, pipeline)
    with pytest.raises(StepFailed):
        run_pipeline(
            pipeline, holding({("a", 0): make.raises()}, codes=SAME), RunOptions(resume=NEWEST)
        )
    assert [e.attempt for e in events() if e.kind == "attempt.failed"] == [1, 2]
