"""A run's log, opened: from then on this process leads the run, and everybody can see it."""

from __future__ import annotations

import shutil
from contextlib import suppress

from ops0.core.graphs.spreading import mapped_over
from ops0.host.folders import write_aside
from ops0.host.owner import take_lease
from ops0.runtime.engine import Engine
from ops0.runtime.events import EventKind, EventLog, Listener
from ops0.runtime.execution.calls_told import calls_told
from ops0.runtime.execution.run_spec import RunSpec
from ops0.runtime.resuming.leases import taken_over
from ops0.runtime.resuming.past import Past
from ops0.runtime.sweeping.cleanups import Hold, afters, note_cleanups


def open_log(
    spec: RunSpec, engine: Engine, listener: Listener | None
) -> tuple[EventLog, Past | None, Hold | None]:
    """The log; what happened before; the hold on what goes some time after the run. Raises OSError, CannotResume."""
    folder = spec.folder
    if spec.resumed:
        with taken_over(folder, spec.run) as past:
            held = _noted(spec, engine)
            log = EventLog(folder.events, listener, last=past.last)
            _log_start(log, "run.resumed", spec, engine)
        return log, past, held
    held = _noted(spec, engine)
    try:
        return _begun(spec, engine, listener), None, held
    except BaseException:
        if held is not None:
            held.let_go()
        raise


def _begun(spec: RunSpec, engine: Engine, listener: Listener | None) -> EventLog:
    """A new log with its first line. Where that cannot be written, nothing stays: a run without it has no name."""
    folder = spec.folder
    try:
        log = EventLog(folder.events, listener)
    except OSError:
        with suppress(OSError):  # whatever is in it is not ours
            folder.path.rmdir()
        raise
    try:
        write_aside(folder.owner, f"{take_lease()}\n".encode())
        _log_start(log, "run.started", spec, engine)
    except BaseException:
        log.close()
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    return log


def _noted(spec: RunSpec, engine: Engine) -> Hold | None:
    return note_cleanups(spec.run, afters(spec.pipeline), scratch=engine.kind == "processes")


def _log_start(log: EventLog, kind: EventKind, spec: RunSpec, engine: Engine) -> None:
    pipeline = spec.pipeline
    log.add(
        kind,
        run=spec.run,
        pipeline=pipeline.name,
        entry=pipeline.entry,
        project=spec.identity.project,
        engine=engine.kind,
        isolated=engine.isolated,
        rerun=spec.rerun,
        jobs=spec.jobs,
        owner=str(take_lease()),
        clock=round(log.begin, 6),
        params=dict(spec.params),
        models={
            step: {"model": f"{one.name}@{one.version}", "manifest": one.digest}
            for step, one in spec.models.items()
        },
        calls=calls_told(pipeline, pipeline.calls, engine.image, mapped_over(pipeline)),
    )
