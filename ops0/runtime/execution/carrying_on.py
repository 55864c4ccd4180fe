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
from ops0.runtime.execution.live_run import LiveRun
from ops0.runtime.execution.mapping import spread_into
from ops0.runtime.execution.restoring import Supply
from ops0.runtime.execution.run_spec import next_job
from ops0.runtime.execution.verdict import Done
from ops0.runtime.resuming.found_values import FoundValues
from ops0.runtime.resuming.past import Ended, Moment, Past, UnderWay
from ops0.runtime.resuming.resuming import Resumption, plan_resumption

_SHORTEST = 1.0


def carry_on(live: LiveRun, past: Past) -> Mapping[CallId, UnderWay]:
    """Plan, mark and log what becomes of each call. Gives the attempts to take on. The engine is open.

    raises: EngineError, OSError
    """
    live.before = past.calls
    found = FoundValues(live.engine, live.spec.folder, live.results)
    _spread_where_all_is_done(live, past, found)
    plan = _planned(live, past, found)
    while _spread_as_before(live, past, plan):
        plan = _planned(live, past, found)
    for name, known in past.calls.items():
        if known.under_way is not None and name not in plan.adopted:
            live.engine.discard(name, known.under_way.attempt)
    for call in live.spec.pipeline.calls:
        live_call = live.calls[call.id]
        known = past.call(call.id)
        live_call.attempts, live_call.before = known.attempts, known.uncounted
        live_call.before -= call.id in plan.adopted
        live_call.went = known.went
        if call.id in plan.kept:
            _keep(live, call.id, plan.kept[call.id], found)
        elif call.id in plan.needed:
            live_call.because = plan.needed[call.id]
            live.log.add("call.needed", call.id, because=live_call.because)
    return plan.adopted


def _planned(
    live: LiveRun, past: Past, found: FoundValues, spread: Pipeline | None = None
) -> Resumption:
    """``spread``: plan for that instead, with more of its mapped calls spread."""
    pipeline = spread or live.spec.pipeline
    return plan_resumption(
        pipeline,
        past,
        live.spec.params,
        lambda call: live.engine.code(pipeline.step(call.step)),
        lambda call, ended: _missing(past, found, call, ended),
        live.apart,
    )


def _spread_where_all_is_done(live: LiveRun, past: Past, found: FoundValues) -> None:
    """Spread all mapped calls as they were where each of their items is done, and all that follows.

    A run that was killed at its very end has removed values that nobody will read: for the number of their items they
    were all made again.
    """
    pipeline, params = live.spec.pipeline, live.spec.params
    counts: dict[CallId, int] = {}
    for name in [call.id for call in pipeline.calls if call.id in live.mapped]:
        if name not in past.spread or name in pipeline.results:
            return
        counts[name] = past.spread[name][0]
        call = next(one for one in pipeline.calls if one.id == name)
        pipeline = spread_call(pipeline, call, counts[name], params)
    kept = _planned(live, past, found, pipeline).kept if counts else {}
    if counts and all(call.id in kept for call in pipeline.calls):
        for name, count in counts.items():
            spread_into(live, live.call(name), count)


def _spread_as_before(live: LiveRun, past: Past, plan: Resumption) -> bool:
    """Spread one mapped call whose items are those that it had. Whether there was one.

    One that goes over something that is made anew is spread when that is there.
    """
    for name in live.mapped:
        call = live.call(name)
        over = [
            source.call
            for argument, source in call.inputs
            if argument in call.each and isinstance(source, FromCall)
        ]
        items, seq = past.spread.get(name, (0, 0))
        kept = [plan.kept.get(one) for one in over]
        if all(one is not None and one.seq < seq for one in kept):
            count = item_count(call, live.spec.params, dict.fromkeys(over, items))
            if count is not None:
                spread_into(live, call, count)
                return True
    return False


def _missing(past: Past, found: FoundValues, call: CallId, ended: Ended) -> str | None:
    fault = found.missing(call, ended)
    cleaned = fault is not None and past.call(call).cleaned
    return "its value was removed (@ops0.cleanup_after)" if cleaned else fault


def _keep(live: LiveRun, call: CallId, ended: Ended, found: FoundValues) -> None:
    live_call = live.calls[call]
    live_call.output, live_call.because = ended.attempt, "it was done before"
    manifest = found.manifests.get(call)
    if manifest is not None:
        live_call.done = Done(manifest=manifest, digest=ended.manifest)
    if call in found.handed:
        live.supplies[call] = Supply(live.engine, call, ended.attempt, found.handed[call])
    live.log.add(
        "call.restored",
        call,
        because=live_call.because,
        run=live.spec.run,
        made=None,
        key=None,
        code=ended.code,
        attempt=ended.attempt,
        manifest=ended.manifest,
        size=ended.told.get("size"),
        preview=ended.told.get("preview"),
    )
    live.shelves.keep(call, ended.attempt)
    live.schedule.restored(call)
    live.log.add("call.done", call, attempts=live_call.attempts, seconds=0.0)


def job_under_way(live: LiveRun, call: CallId, under_way: UnderWay) -> Job:
    """The attempt as its earlier leader knew it."""
    job = next_job(live.spec, live.call(call), under_way.attempt)
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
