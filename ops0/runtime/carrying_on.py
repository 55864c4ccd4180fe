"""A resumed run, made ready: what is kept counts as done, what is under way is taken on, the rest begins anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone

from ops0.core.pipeline import CallId
from ops0.runtime.engine import Job
from ops0.runtime.found_values import FoundValues
from ops0.runtime.past import Ended, History, UnderWay
from ops0.runtime.restoring import Supply
from ops0.runtime.resuming import plan_resumption
from ops0.runtime.stage import Stage
from ops0.runtime.tracks import next_job
from ops0.runtime.verdict import Done

_SHORTEST = 1.0


def carry_on(stage: Stage, history: History) -> Mapping[CallId, UnderWay]:
    """Plan, mark and log what becomes of each call. Gives the attempts to take on. The engine is open.

    raises: EngineError, OSError
    """
    orders = stage.orders
    found = FoundValues(stage.engine, orders.folder, frozenset(orders.pipeline.results))
    plan = plan_resumption(
        orders.pipeline,
        history,
        orders.params,
        lambda call: stage.engine.code(orders.pipeline.step(call.step)),
        found.missing,
    )
    for call in orders.pipeline.calls:
        known = history.call(call.id)
        track = stage.tracks[call.id]
        track.attempts = track.before = known.attempts
        if known.under_way is not None and call.id not in plan.adopted:
            stage.engine.discard(call.id, known.under_way.attempt)
        if call.id in plan.kept:
            _keep(stage, call.id, plan.kept[call.id], found)
        elif call.id in plan.needed:
            track.because = plan.needed[call.id]
            stage.log.add("call.needed", call.id, because=track.because)
    return plan.adopted


def _keep(stage: Stage, call: CallId, ended: Ended, found: FoundValues) -> None:
    track = stage.tracks[call]
    track.output, track.because = ended.attempt, "it was done before"
    manifest = found.manifests.get(call)
    if manifest is not None:
        track.done = Done(manifest=manifest, digest=ended.manifest)
    if call in found.handed:
        stage.supplies[call] = Supply(stage.engine, call, ended.attempt, found.handed[call])
    stage.log.add(
        "call.restored",
        call,
        because=track.because,
        run=stage.orders.run,
        made=None,
        key=None,
        code=ended.code,
        attempt=ended.attempt,
        manifest=ended.manifest,
        size=ended.told.get("size"),
        preview=ended.told.get("preview"),
    )
    stage.shelves.keep(call, ended.attempt)
    stage.schedule.restored(call)
    stage.log.add("call.done", call, attempts=track.attempts, seconds=0.0)


def job_under_way(stage: Stage, call: CallId, under_way: UnderWay) -> Job:
    """The attempt as its earlier leader knew it."""
    job = next_job(stage.orders, stage.call(call), under_way.attempt)
    return replace(job, nonce=under_way.nonce)


def time_left(limit: float, under_way: UnderWay, now: datetime | None = None) -> float:
    """What is left of a time limit, in seconds. Wall clocks jump: it is at least a second, and never more than all."""
    begun = datetime.fromisoformat(under_way.since)
    gone = ((now or datetime.now(timezone.utc)) - begun).total_seconds()
    return min(limit, max(_SHORTEST, limit - max(0.0, gone)))
