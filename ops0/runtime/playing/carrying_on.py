"""A resumed run, made ready: what is kept counts as done, what is under way is taken on, the rest begins anew."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone

from ops0.core.graphs.spreading import item_count, spread_call
from ops0.core.pipeline import CallId, FromCall, Pipeline
from ops0.host.owner import this_process
from ops0.runtime.engine import Job
from ops0.runtime.playing.mapping import spread_into
from ops0.runtime.playing.restoring import Supply
from ops0.runtime.playing.stage import Stage
from ops0.runtime.playing.tracks import next_job
from ops0.runtime.playing.verdict import Done
from ops0.runtime.resuming.found_values import FoundValues
from ops0.runtime.resuming.past import Ended, Moment, Past, UnderWay
from ops0.runtime.resuming.resuming import Resumption, plan_resumption

_SHORTEST = 1.0


def carry_on(stage: Stage, past: Past) -> Mapping[CallId, UnderWay]:
    """Plan, mark and log what becomes of each call. Gives the attempts to take on. The engine is open.

    raises: EngineError, OSError
    """
    stage.before = past.calls
    found = FoundValues(stage.engine, stage.orders.folder, stage.results)
    _spread_where_all_is_done(stage, past, found)
    plan = _planned(stage, past, found)
    while _spread_as_before(stage, past, plan):
        plan = _planned(stage, past, found)
    for name, known in past.calls.items():
        if known.under_way is not None and name not in plan.adopted:
            stage.engine.discard(name, known.under_way.attempt)
    for call in stage.orders.pipeline.calls:
        track = stage.tracks[call.id]
        known = past.call(call.id)
        track.attempts, track.before = known.attempts, known.uncounted
        track.before -= call.id in plan.adopted
        if call.id in plan.kept:
            _keep(stage, call.id, plan.kept[call.id], found)
        elif call.id in plan.needed:
            track.because = plan.needed[call.id]
            stage.log.add("call.needed", call.id, because=track.because)
    return plan.adopted


def _planned(
    stage: Stage, past: Past, found: FoundValues, spread: Pipeline | None = None
) -> Resumption:
    """``spread``: plan for that instead, with more of its mapped calls spread."""
    pipeline = spread or stage.orders.pipeline
    return plan_resumption(
        pipeline,
        past,
        stage.orders.params,
        lambda call: stage.engine.code(pipeline.step(call.step)),
        lambda call, ended: _missing(past, found, call, ended),
        stage.apart,
    )


def _spread_where_all_is_done(stage: Stage, past: Past, found: FoundValues) -> None:
    """Spread all mapped calls as they were where each of their items is done, and all that follows.

    A run that was killed at its very end has removed values that nobody will read: for the number of their items they
    were all made again.
    """
    pipeline, params = stage.orders.pipeline, stage.orders.params
    counts: dict[CallId, int] = {}
    for name in [call.id for call in pipeline.calls if call.id in stage.mapped]:
        if name not in past.spread or name in pipeline.results:
            return
        counts[name] = past.spread[name][0]
        call = next(one for one in pipeline.calls if one.id == name)
        pipeline = spread_call(pipeline, call, counts[name], params)
    kept = _planned(stage, past, found, pipeline).kept if counts else {}
    if counts and all(call.id in kept for call in pipeline.calls):
        for name, count in counts.items():
            spread_into(stage, stage.call(name), count)


def _spread_as_before(stage: Stage, past: Past, plan: Resumption) -> bool:
    """Spread one mapped call whose items are those that it had. Whether there was one.

    One that goes over something that is made anew is spread when that is there.
    """
    for name in stage.mapped:
        call = stage.call(name)
        over = [
            source.call
            for argument, source in call.inputs
            if argument in call.each and isinstance(source, FromCall)
        ]
        items, seq = past.spread.get(name, (0, 0))
        kept = [plan.kept.get(one) for one in over]
        if all(one is not None and one.seq < seq for one in kept):
            count = item_count(call, stage.orders.params, dict.fromkeys(over, items))
            if count is not None:
                spread_into(stage, call, count)
                return True
    return False


def _missing(past: Past, found: FoundValues, call: CallId, ended: Ended) -> str | None:
    fault = found.missing(call, ended)
    cleaned = fault is not None and past.call(call).cleaned
    return "its value was removed (@ops0.cleanup_after)" if cleaned else fault


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


def time_left(
    limit: float, under_way: UnderWay, here: Moment | None = None, now: datetime | None = None
) -> float:
    """What is left of a time limit, in seconds: at least one, and never more than all.

    here: now, on this boot's clock;  now: by the calendar. That jumps, and counts only for what another boot began
    """
    then, here = under_way.moment, here or Moment(boot=this_process().boot, at=time.monotonic())
    if then is not None and then.boot == here.boot:
        gone = here.at - then.at
    else:
        begun = datetime.fromisoformat(under_way.since)
        gone = ((now or datetime.now(timezone.utc)) - begun).total_seconds()
    return min(limit, max(_SHORTEST, limit - max(0.0, gone)))
