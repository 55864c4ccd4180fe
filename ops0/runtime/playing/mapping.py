"""Mapped calls of a run in play: each is spread into one call an item as soon as it is known how many there are."""

from __future__ import annotations

import json
from dataclasses import replace

from ops0.core.graphs.spreading import CannotMap, item_count, item_id, spread_call
from ops0.core.pipeline import Call, CallId, FromCall
from ops0.runtime.inputs import producers_of
from ops0.runtime.playing.endings import failed_for_good
from ops0.runtime.playing.go_lines import calls_told
from ops0.runtime.playing.stage import Stage
from ops0.runtime.playing.tracks import Track
from ops0.runtime.resuming.past import PastCall


def spread_known(stage: Stage) -> None:
    """Spread what can be spread now. One may make another's number known, so until nothing is left to do."""
    while any(_spread_if_known(stage, one) for one in tuple(stage.mapped)):
        pass


def _spread_if_known(stage: Stage, name: CallId) -> bool:
    """Whether a mapped call has ceased to be one: it was spread, or cannot be."""
    if stage.schedule.state(name) != "pending":
        return False
    call = stage.call(name)
    try:
        count = _count(stage, call)
    except CannotMap as fault:
        stage.mapped.remove(name)
        failed_for_good(stage, name, fault, kind="input")
        return True
    if count is not None:
        spread_into(stage, call, count)
    return count is not None


def _count(stage: Stage, call: Call) -> int | None:
    given = {
        source.call: _items_of(stage, call, source.call)
        for name, source in call.inputs
        if name in call.each
        and isinstance(source, FromCall)
        and source.call not in stage.mapped
        and stage.tracks[source.call].done is not None
    }
    return item_count(call, stage.orders.params, given)


def _items_of(stage: Stage, call: Call, producer: CallId) -> int:
    done = stage.tracks[producer].done
    assert done is not None  # noqa: S101 - asked only of calls that are done
    value = done.manifest.value
    if value.parts is not None:
        return len(value.parts)
    batch = stage.orders.batches.get(producer)
    if batch is not None and value.format == "json":
        records = json.loads((batch.folder / value.files[0].name).read_bytes())
        if isinstance(records, list):
            return len(records)
    raise CannotMap(
        call, f"what '{producer}' gave is a {value.type}, which has no items", "give it a list"
    )


def spread_into(stage: Stage, call: Call, count: int) -> None:
    """Put ``count`` calls in the place of a mapped one."""
    orders = stage.orders
    stage.mapped.remove(call.id)
    stage.orders = replace(
        orders, pipeline=spread_call(orders.pipeline, call, count, orders.params)
    )
    items = tuple(item_id(call.id, index) for index in range(count))
    stage.spread[call.id] = items
    del stage.tracks[call.id]
    for one in items:
        known = stage.before.get(one, PastCall())
        stage.tracks[one] = Track(attempts=known.attempts, before=known.uncounted)
    if call.id in stage.results:
        stage.results.update(items)
    made = [stage.call(one) for one in items]
    stage.log.add(
        "call.spread",
        call.id,
        items=count,
        calls=calls_told(stage.orders.pipeline, made, stage.engine.image, stage.apart),
    )
    stage.schedule.spread(call.id, producers_of(call), made)
