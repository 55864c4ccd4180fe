"""``run_pipeline``: the one door to a run. Checks first, then runs, keeps, cleans, and says how it went."""

from __future__ import annotations

import json
import os
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ops0.core.errors import Ops0Error, raise_together
from ops0.core.modelstore import ModelVersion
from ops0.core.pipeline import CallId, JsonValue, Pipeline, StepName
from ops0.host.folders import write_aside
from ops0.host.owner import Owner, this_process
from ops0.host.secrets import Secrets, read_secrets
from ops0.runtime.alerts import Alerts, Posting
from ops0.runtime.asked import asked_secrets, models_of
from ops0.runtime.conductor import Conductor
from ops0.runtime.engine import Engine, RunSetup
from ops0.runtime.events import EventLog, Listener
from ops0.runtime.golines import check_params, inputs_told
from ops0.runtime.interrupts import caught_signals
from ops0.runtime.kept_results import ResultCache, user_results
from ops0.runtime.report import CallReport, Report, RunState
from ops0.runtime.results import load_result
from ops0.runtime.runs import new_run_id, run_folder
from ops0.runtime.schedule import Schedule, producers_of
from ops0.runtime.sourcing import Batches, batches, wanted_sources
from ops0.runtime.stage import Stage, new_stage
from ops0.runtime.tracks import Orders

GRACE = 10.0
"""Seconds that a step gets between SIGTERM and SIGKILL."""

_HURRY = 5.0
"""Seconds that alerts get which are under way when somebody has asked the run to end."""


def run_pipeline(  # noqa: PLR0913 - the one door to a run
    pipeline: Pipeline,
    engine: Engine,
    *,
    params: Mapping[str, JsonValue] | None = None,
    jobs: int | None = None,
    keep_going: bool = False,
    on_event: Listener | None = None,
    rerun: str | None = None,
    secrets: Secrets | None = None,
    posting: Posting | None = None,
    cache: ResultCache | None = None,
    fresh: bool = False,
) -> Report:
    """Run a pipeline to its end and give its results. Whatever happens, nothing of it stays in the engine.

    jobs:       how many calls run side by side; None: as many as this process has processors
    keep_going: after a failure still start what does not depend on it (else only what runs is let end)
    on_event:   told every event, on the thread that called this
    rerun:      the command that runs this again, for failure reports
    secrets:    what ``read_secrets`` gave; None: they are looked up now, files from the current folder
    posting:    who is told that it failed; None: nobody
    cache:      where results of steps with ``@ops0.cache`` are kept; None: this user's
    fresh:      run whatever is kept; what it gives is kept
    raises:     ParamFault, SecretMissing, NoModel, NoRecords and what reading sources raises before anything starts;
                CallFailed, or an ErrorGroup of several; EngineError; KeyboardInterrupt after Ctrl-C or SIGTERM, when
                all is clean
    """
    params = dict(params or {})
    check_params(pipeline, params)
    jobs = max(1, jobs or len(os.sched_getaffinity(0)))
    again = rerun or rerun_command(pipeline.entry, engine.kind, params)
    if secrets is None:
        secrets = read_secrets(asked_secrets(pipeline), Path.cwd())
    orders = _orders(
        pipeline,
        params,
        keep_going=keep_going,
        rerun=again,
        secrets=secrets,
        models=models_of(pipeline, images=engine.kind == "containers"),
        cache=cache or user_results(),
        fresh=fresh,
    )
    posting = posting or Posting(folder=Path.cwd())
    wanted = wanted_sources(pipeline)
    with batches(pipeline.name, wanted, orders.run, posting.folder) as given:
        report = _logged(orders, engine, jobs, given, posting, on_event)
        given.settle()
        return report


def _logged(
    orders: Orders,
    engine: Engine,
    jobs: int,
    given: Batches,
    posting: Posting,
    on_event: Listener | None,
) -> Report:
    pipeline, folder, owner = orders.pipeline, orders.folder, this_process()
    schedule = Schedule(pipeline.calls, jobs=jobs, ahead=jobs, late=kept_calls(pipeline))
    engine.remove_orphans()
    log = EventLog(folder.events, on_event)
    try:
        write_aside(folder.owner, f"{owner}\n".encode())
        orders = replace(orders, batches=given.placed(orders.run, folder, pipeline))
        _log_start(log, orders, engine, owner, jobs)
        setup = RunSetup(
            run=orders.run,
            folder=folder,
            pipeline=pipeline,
            slots=min(jobs, pipeline_width(pipeline)),
            owner=owner,
            models=orders.models,
        )
        alerts = Alerts(pipeline, posting, log)
        stage = new_stage(orders, engine, schedule, log)
        return _conduct(Conductor(stage, alerts), setup, alerts)
    finally:
        log.close()


def _orders(
    pipeline: Pipeline,
    params: Mapping[str, JsonValue],
    *,
    keep_going: bool,
    rerun: str,
    secrets: Secrets,
    models: Mapping[StepName, ModelVersion],
    cache: ResultCache,
    fresh: bool,
) -> Orders:
    run = new_run_id(time.strftime("%Y%m%d-%H%M%S", time.gmtime()))
    return Orders(
        run=run,
        pipeline=pipeline,
        folder=run_folder(run),
        params=params,
        keep_going=keep_going,
        grace=GRACE,
        rerun=rerun,
        secrets=secrets,
        models=models,
        cache=cache,
        fresh=fresh,
    )


def _conduct(conductor: Conductor, setup: RunSetup, alerts: Alerts) -> Report:
    stage = conductor.stage
    begin = time.monotonic()
    state: RunState = "failed"
    raised: list[Exception] = []
    with caught_signals(conductor.interrupt):
        try:
            stage.engine.open(setup)
            conductor.play()
            if stage.interrupts:
                state = "cancelled"
            elif not stage.errors:
                state = "done"
        except Exception as fault:
            raised.append(fault)
            raise
        finally:
            _clean(conductor)
            if not stage.interrupts:
                alerts.failed(stage.orders.run, [*raised, *stage.errors])
            alerts.finish(*([_HURRY] if stage.interrupts else []))
            seconds = round(time.monotonic() - begin, 6)
            stage.log.add("run.ended", state=state, seconds=seconds)
    if state == "cancelled":
        raise KeyboardInterrupt
    raise_together(stage.errors)
    return _report(stage, state, seconds)


def _clean(conductor: Conductor) -> None:
    """Clean up; a fault of it stands beside those of the run and hides none."""
    try:
        conductor.clean()
    except Ops0Error as fault:
        conductor.stage.errors.append(fault)


def _report(stage: Stage, state: RunState, seconds: float) -> Report:
    pipeline, folder = stage.orders.pipeline, stage.orders.folder
    now = stage.orders.clock()
    calls: list[CallReport] = []
    for call in pipeline.calls:
        track = stage.tracks[call.id]
        calls.append(
            CallReport(
                call=call.id,
                step=call.step,
                state=stage.schedule.state(call.id),
                attempts=track.attempts,
                seconds=track.seconds(now),
                failure=track.failure,
                value=track.done.manifest.value if track.done else None,
                because=track.because,
            )
        )
    return Report(
        run=stage.orders.run,
        pipeline=pipeline.name,
        state=state,
        seconds=seconds,
        calls=tuple(calls),
        results={call: load_result(folder.result(call)) for call in pipeline.results},
        folder=folder,
    )


def _log_start(log: EventLog, orders: Orders, engine: Engine, owner: Owner, jobs: int) -> None:
    pipeline = orders.pipeline
    calls: list[JsonValue] = [
        {
            "call": call.id,
            "step": call.step,
            "after": list(producers_of(call)),
            "inputs": inputs_told(call),
            "where": str(pipeline.step(call.step).where),
            "image": engine.image(call.step),
        }
        for call in pipeline.calls
    ]
    log.add(
        "run.started",
        run=orders.run,
        pipeline=pipeline.name,
        entry=pipeline.entry,
        engine=engine.kind,
        jobs=jobs,
        owner=str(owner),
        params=dict(orders.params),
        models={
            step: {"model": f"{one.name}@{one.version}", "manifest": one.digest}
            for step, one in orders.models.items()
        },
        calls=calls,
    )


def kept_calls(pipeline: Pipeline) -> frozenset[CallId]:
    """The calls whose results are kept."""
    kept = {step.name for step in pipeline.steps if step.options.cache is not None}
    return frozenset(call.id for call in pipeline.calls if call.step in kept)


def pipeline_width(pipeline: Pipeline) -> int:
    """How many calls stand at most on one level: a bound on what is worth running side by side."""
    level: dict[CallId, int] = {}
    count: dict[int, int] = {}
    for call in pipeline.calls:
        level[call.id] = max((level[p] + 1 for p in producers_of(call)), default=0)
        count[level[call.id]] = count.get(level[call.id], 0) + 1
    return max(count.values(), default=1)


def rerun_command(
    pipeline: str, kind: str, params: Mapping[str, JsonValue], options: Sequence[str] = ()
) -> str:
    """The command that runs this again, ready to paste.

    pipeline: as it was given to ``ops0 run``; "" where it was left out;   kind: the engine's
    """
    argv = ["ops0", "run", *([pipeline] if pipeline else [])]
    if kind == "containers":
        argv.append("--containers")
    return shlex.join([*argv, *options, *param_words(params)])


def param_words(params: Mapping[str, JsonValue]) -> list[str]:
    """The options that give a command these parameters."""
    words: list[str] = []
    for name, value in params.items():
        text = value if isinstance(value, str) else json.dumps(value)
        words += ["--param", f"{name}={text}"]
    return words


__all__ = [
    "GRACE",
    "asked_secrets",
    "param_words",
    "pipeline_width",
    "rerun_command",
    "run_pipeline",
]
