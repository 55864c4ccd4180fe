"""One attempt's thread, as far as no whole run shows it."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

from ops0.core.pipeline import CallId
from ops0.runtime.engine import Job
from ops0.runtime.execution.messages import Up
from ops0.runtime.execution.worker import Assignment, Worker
from ops0.runtime.runs import RunId, run_folder


def test_a_go_line_that_comes_after_the_end_begins_nothing(make: SimpleNamespace) -> None:
    run = RunId("r1")
    job = Job(run=run, call=CallId("a"), attempt=1, nonce="n", step=make.step("a"), producers=())
    told: list[Any] = []
    folder = run_folder(run)
    engine = make.Engine()
    given = Assignment(job=job, folder=folder, keep=False, secrets=dict)
    worker = Worker(engine, given, told.append)
    worker.begin()
    while not any(isinstance(one, Up) for one in told):
        assert not worker.join(0.01), "it is not up"
    worker.dismiss(0)
    assert worker.join(10)
    before = set(threading.enumerate())
    worker.go(b"{}\n")
    assert engine.gone == []
    assert set(threading.enumerate()) <= before
