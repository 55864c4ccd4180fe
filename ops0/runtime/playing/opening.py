"""A run's log, opened: from then on this process leads the run, and everybody can see it."""

from __future__ import annotations

import shutil
from contextlib import suppress

from ops0.core.graphs.spreading import mapped_over
from ops0.host.folders import write_aside
from ops0.host.owner import this_process
from ops0.runtime.engine import Engine
from ops0.runtime.events import EventKind, EventLog, Listener
from ops0.runtime.playing.go_lines import calls_told
from ops0.runtime.playing.tracks import Orders
from ops0.runtime.resuming.leases import taken_over
from ops0.runtime.resuming.past import Past
from ops0.runtime.sweeping.cleanups import Hold, afters, note_cleanups


def open_log(
    orders: Orders, engine: Engine, listener: Listener | None
) -> tuple[EventLog, Past | None, Hold | None]:
    """The log; what happened before; the hold on what goes some time after the run. Raises OSError, CannotResume."""
    folder = orders.folder
    if orders.resumed:
        with taken_over(folder, orders.run) as past:
            held = _noted(orders, engine)
            log = EventLog(folder.events, listener, last=past.last)
            _log_start(log, "run.resumed", orders, engine)
        return log, past, held
    held = _noted(orders, engine)
    try:
        return _begun(orders, engine, listener), None, held
    except BaseException:
        if held is not None:
            held.let_go()
        raise


def _begun(orders: Orders, engine: Engine, listener: Listener | None) -> EventLog:
    """A new log with its first line. Where that cannot be written, nothing stays: a run without it has no name."""
    folder = orders.folder
    try:
        log = EventLog(folder.events, listener)
    except OSError:
        with suppress(OSError):  # whatever is in it is not ours
            folder.path.rmdir()
        raise
    try:
        write_aside(folder.owner, f"{this_process()}\n".encode())
        _log_start(log, "run.started", orders, engine)
    except BaseException:
        log.close()
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    return log


def _noted(orders: Orders, engine: Engine) -> Hold | None:
    return note_cleanups(orders.run, afters(orders.pipeline), scratch=engine.kind == "processes")


def _log_start(log: EventLog, kind: EventKind, orders: Orders, engine: Engine) -> None:
    pipeline = orders.pipeline
    log.add(
        kind,
        run=orders.run,
        pipeline=pipeline.name,
        entry=pipeline.entry,
        project=orders.identity.project,
        engine=engine.kind,
        isolated=engine.isolated,
        rerun=orders.rerun,
        jobs=orders.jobs,
        owner=str(this_process()),
        clock=round(log.begin, 6),
        params=dict(orders.params),
        models={
            step: {"model": f"{one.name}@{one.version}", "manifest": one.digest}
            for step, one in orders.models.items()
        },
        calls=calls_told(pipeline, pipeline.calls, engine.image, mapped_over(pipeline)),
    )
