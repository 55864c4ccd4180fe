"""Mapped calls of a live run: each is spread into one call an item as soon as it is known how many there are."""

from __future__ import annotations

import json
from dataclasses import replace

from ops0.core.graphs.spreading import CannotMap, item_count, item_id, spread_call
from ops0.core.pipeline import Call, CallId, FromCall
from ops0.runtime.execution.calls_told import calls_told
from ops0.runtime.execution.endings import failed_for_good
from ops0.runtime.execution.live_call import LiveCall
from ops0.runtime.execution.live_run import LiveRun
from ops0.runtime.inputs import producers_of
from ops0.runtime.resuming.past import PastCall


def spread_known(live: LiveRun) -> None:
    """Spread what can be spread now. One may make another's number known, so until nothing is left to do."""
    while any(_spread_if_known(live, one) for one in tuple(live.mapped)):
        pass


def _spread_if_known(live: LiveRun, name: CallId) -> bool:
    """Whether a mapped call has ceased to be one: it was spread, or cannot be."""
    if live.schedule.state(name) != "pending":
        return False
    call = live.call(name)
    try:
        count = _count(live, call)
    except CannotMap as fault:
        live.mapped.remove(name)
        failed_for_good(live, name, fault, kind="input")
        return True
    if count is not None:
        spread_into(live, call, count)
    return count is not None


def _count(live: LiveRun, call: Call) -> int | None:
    given = {
        source.call: _items_of(live, call, source.call)
        for name, source in call.inputs
        if name in call.each
        and isinstance(source, FromCall)
        and source.call not in live.mapped
        and live.calls[source.call].done is not None
    }
    return item_count(call, live.spec.params, given)


def _items_of(live: LiveRun, call: Call, producer: CallId) -> int:
    done = live.calls[producer].done
    assert done is not None  # noqa: S101 - asked only of calls that are done
    value = done.manifest.value
    if value.parts is not None:
        return len(value.parts)
    batch = live.spec.batches.get(producer)
    if batch is not None and value.format == "json":
        records = json.loads((batch.folder / value.files[0].name).read_bytes())
        if isinstance(records, list):
            return len(records)
    raise CannotMap(
        call, f"what '{producer}' gave is a {value.type}, which has no items", "give it a list"
    )


def spread_into(live: LiveRun, call: Call, count: int) -> None:
    """Put ``count`` calls in the place of a mapped one."""
    spec = live.spec
    live.mapped.remove(call.id)
    live.spec = replace(spec, pipeline=spread_call(spec.pipeline, call, count, spec.params))
    items = tuple(item_id(call.id, index) for index in range(count))
    live.spread[call.id] = items
    del live.calls[call.id]
    for one in items:
        known = live.before.get(one, PastCall())
        live.calls[one] = LiveCall(attempts=known.attempts, before=known.uncounted, went=known.went)
    if call.id in live.results:
        live.results.update(items)
    made = [live.call(one) for one in items]
    live.log.add(
        "call.spread",
        call.id,
        items=count,
        calls=calls_told(live.spec.pipeline, made, live.engine.image, live.apart),
    )
    live.schedule.spread(call.id, producers_of(call), made)
