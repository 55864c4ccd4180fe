"""``run_pipeline``: the one door to a run. Checks first, then runs, keeps, cleans, and says how it went."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ops0.core.arguments import params_of
from ops0.core.errors import Ops0Error, raise_together
from ops0.core.pipeline import CallId, JsonValue, Pipeline
from ops0.host.owner import take_lease
from ops0.host.secrets import read_secrets
from ops0.runtime.alerting.alerts import Alerts, Posting
from ops0.runtime.engine import Engine, RunSetup
from ops0.runtime.errors import run_stopped
from ops0.runtime.events import Listener
from ops0.runtime.execution.carrying_on import carry_on
from ops0.runtime.execution.conductor import Conductor
from ops0.runtime.execution.demands import asked_secrets, kept_calls, models_of, pipeline_width
from ops0.runtime.execution.interrupts import caught_signals
from ops0.runtime.execution.live_run import LiveRun, new_live_run
from ops0.runtime.execution.opening import open_log
from ops0.runtime.execution.params import check_params
from ops0.runtime.execution.parking import abreast
from ops0.runtime.execution.rerun import rerun_command
from ops0.runtime.execution.run_spec import RunSpec
from ops0.runtime.execution.schedule import Schedule
from ops0.runtime.keeping.cached_results import ResultCache, user_results
from ops0.runtime.options import RunOptions
from ops0.runtime.outputs.results import Result, load_result
from ops0.runtime.report import CallReport, Report
from ops0.runtime.resuming.leases import (
    Identity,
    check_engine,
    find_resumable,
    kept_values,
    spared,
)
from ops0.runtime.resuming.past import Past
from ops0.runtime.runs import NEWEST, RunId, new_run_id
from ops0.runtime.sourcing.sourcing import Batches, ReaderName, batches, wanted_sources
from ops0.runtime.states import RunState
from ops0.runtime.sweeping.cleanups import sweep

GRACE = 10.0
"""Seconds that a step gets between SIGTERM and SIGKILL."""

_HURRY = 5.0
"""Seconds that alerts get which are under way when somebody has asked the run to end."""


def run_pipeline(
    pipeline: Pipeline,
    engine: Engine,
    options: RunOptions | None = None,
    *,
    on_event: Listener | None = None,
    cache: ResultCache | None = None,
) -> Report:
    """Run a pipeline to its end and give its results. Whatever happens, nothing of it stays in the engine.

    options:  what is asked of the run; None: nothing
    on_event: told every event, on the thread that called this
    cache:    where results of steps with ``@ops0.cache`` are kept; None: this user's
    raises:   ParamFault, SecretMissing, NoModel, NoRun, CannotResume, NoRecords and what reading sources raises
              before anything starts; CallFailed, or an ErrorGroup of several; EngineError; KeyboardInterrupt after
              Ctrl-C or SIGTERM, when all is clean
    """
    asked = options or RunOptions()
    identity = Identity(
        project=None if asked.project is None else str(asked.project),
        entry=pipeline.entry,
        pipeline=pipeline.name,
    )
    earlier = None
    if asked.resume is not None:
        earlier = find_resumable(identity, None if asked.resume == NEWEST else asked.resume)[1]
        check_engine(earlier, engine.kind)
    spec = _spec(pipeline, engine, asked, identity, earlier, cache or user_results())
    wanted, folder = wanted_sources(pipeline), spec.posting.folder
    reader = ReaderName(pipeline=pipeline.name, project=identity.project)
    with batches(reader, wanted, spec.run, folder, resumed=spec.resumed) as given:
        report = _logged(spec, engine, given, on_event)
        given.settle()
        return report


def _spec(
    pipeline: Pipeline,
    engine: Engine,
    asked: RunOptions,
    identity: Identity,
    earlier: Past | None,
    cache: ResultCache,
) -> RunSpec:
    """What holds for the whole run. What was left open is looked up now."""
    secrets, folder = asked.secrets, asked.project or Path.cwd()
    return RunSpec(
        run=new_run_id(time.time()) if earlier is None else RunId(earlier.run),
        pipeline=pipeline,
        resumed=earlier is not None,
        params=_params(pipeline, asked.params, earlier),
        jobs=max(1, asked.jobs or len(os.sched_getaffinity(0))),
        posting=asked.posting or Posting(folder=Path.cwd()),
        grace=GRACE,
        rerun=asked.rerun or rerun_command(pipeline.entry, engine.kind, asked.params),
        secrets=read_secrets(asked_secrets(pipeline), folder) if secrets is None else secrets,
        secrets_from=folder,
        models=models_of(pipeline, images=engine.kind == "containers"),
        cache=cache,
        fresh=asked.fresh,
        identity=identity,
        log_limit=asked.log_limit,
    )


def _logged(spec: RunSpec, engine: Engine, given: Batches, on_event: Listener | None) -> Report:
    pipeline, jobs = spec.pipeline, spec.jobs
    engine.remove_orphans(lambda run: spared(run, spec.run, spec.identity))
    sweep(time.time())
    log, past, held = open_log(spec, engine, on_event)
    try:
        spec = replace(spec, batches=given.placed(spec.run, spec.folder, pipeline))
        late = kept_calls(pipeline) | spec.batches.keys()
        together = abreast(jobs, containers=engine.kind == "containers")
        schedule = Schedule(pipeline.calls, jobs=jobs, ahead=0, abreast=together, late=late)
        live = new_live_run(spec, engine, schedule, log)
        live.held = held
        alerts = Alerts(pipeline, spec.posting, log)
        return _conduct(Conductor(live, alerts), _setup(spec, past), alerts, past)
    except BaseException:
        if held is not None:  # a traceback that somebody keeps would keep it
            held.let_go()
        raise
    finally:
        log.close()


def _params(
    pipeline: Pipeline, given: Mapping[str, JsonValue], earlier: Past | None
) -> Mapping[str, JsonValue]:
    known = params_of(pipeline)
    before = {} if earlier is None else earlier.params
    params = {**{name: value for name, value in before.items() if name in known}, **given}
    check_params(pipeline, params)
    return params


def _setup(spec: RunSpec, past: Past | None) -> RunSetup:
    calls = {} if past is None else past.calls
    under_way = [(name, call.under_way) for name, call in calls.items()]
    return RunSetup(
        run=spec.run,
        folder=spec.folder,
        pipeline=spec.pipeline,
        slots=min(spec.jobs, pipeline_width(spec.pipeline)),
        owner=take_lease(),
        models=spec.models,
        resumed=past is not None,
        under_way=tuple((name, one.attempt) for name, one in under_way if one is not None),
    )


def _conduct(conductor: Conductor, setup: RunSetup, alerts: Alerts, past: Past | None) -> Report:
    live = conductor.live
    begin = time.monotonic()
    state: RunState = "failed"
    raised: list[Exception] = []
    with caught_signals(conductor.interrupt):
        try:
            live.engine.open(setup)
            if past is not None:
                for call, under_way in carry_on(live, past).items():
                    conductor.adopt(call, under_way)
            conductor.execute()
            live.errors.extend(live.shelves.finish(conductor.is_interrupted))
            state = "cancelled" if live.interrupts else "done"
        except Exception as fault:
            raised.append(fault)
            raise
        finally:
            unforeseen = _clean(conductor)
            raised.extend(unforeseen)
            live.shelves.finish(lambda: True)  # of a run that broke down: else all is kept
            if not live.interrupts:
                alerts.failed(live.spec.run, [*raised, *live.errors])
            alerts.finish(*([_HURRY] if live.interrupts else []))
            seconds = round(time.monotonic() - begin, 6)
            if state == "done" and (raised or live.errors):
                state = "failed"
            live.log.add("run.ended", state=state, seconds=seconds)
    if unforeseen:
        raise unforeseen[0]
    if state == "cancelled":
        raise run_stopped(live.spec.rerun)
    raise_together(live.errors)
    _forget_values(live.spec)
    return _report(live, state, seconds)


def _forget_values(spec: RunSpec) -> None:
    """What this run, and earlier ones of the pipeline, kept for being resumed: nobody goes on with those now."""
    with suppress(OSError):
        for folder in kept_values(spec.identity):
            shutil.rmtree(folder.values, ignore_errors=True)


def _clean(conductor: Conductor) -> list[Exception]:
    """Clean up; a fault of it stands beside those of the run and hides none. Gives what is nobody's known fault."""
    try:
        conductor.clean()
    except Ops0Error as fault:
        conductor.live.errors.append(fault)
    except Exception as fault:  # noqa: BLE001 - it is raised when the log has the run's end
        return [fault]
    return []


def _report(live: LiveRun, state: RunState, seconds: float) -> Report:
    pipeline, folder = live.spec.pipeline, live.spec.folder
    now = live.spec.clock()
    calls: list[CallReport] = []
    for call in pipeline.calls:
        live_call = live.calls[call.id]
        calls.append(
            CallReport(
                call=call.id,
                step=call.step,
                state=live.schedule.state(call.id),
                attempts=live_call.attempts,
                seconds=live_call.seconds(now),
                failure=live_call.failure,
                value=live_call.done.manifest.value if live_call.done else None,
                because=live_call.because,
            )
        )
    return Report(
        run=live.spec.run,
        pipeline=pipeline.name,
        state=state,
        seconds=seconds,
        calls=tuple(calls),
        results={call: _result(live, call) for call in pipeline.results},
        folder=folder,
        spread=dict(live.spread),
        held=live.held,
    )


def _result(live: LiveRun, call: CallId) -> Result:
    folder = live.spec.folder
    if call in live.spread:
        return [load_result(folder.result(one)) for one in live.spread[call]]
    return load_result(folder.result(call))


__all__ = ["GRACE", "NEWEST", "RunOptions", "run_pipeline"]
