"""What of a run need not be done again, and why the rest must: decided from its past before anything starts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from ops0.core.pipeline import Call, CallId, JsonValue, Pipeline
from ops0.runtime.inputs import inputs_told, producers_of
from ops0.runtime.resuming.past import Ended, Past, PastCall, UnderWay, filled

Missing = Callable[[CallId, Ended], str | None]
"""Look for the value of a call that is done, and check it: None, or what is wrong with it."""


@dataclass(kw_only=True, slots=True)
class Resumption:
    """What becomes of each call. In none of these: it had not begun.

    kept:    done, as they are;  adopted: under way, they go on;  needed: to run again, and why
    wanted:  those of ``kept`` whose values somebody will read; they were looked for and checked
    """

    kept: dict[CallId, Ended] = field(default_factory=dict)
    adopted: dict[CallId, UnderWay] = field(default_factory=dict)
    needed: dict[CallId, str] = field(default_factory=dict)
    wanted: set[CallId] = field(default_factory=set)


def plan_resumption(
    pipeline: Pipeline,
    past: Past,
    params: Mapping[str, JsonValue],
    code: Callable[[Call], str],
    missing: Missing,
    apart: Collection[CallId],
) -> Resumption:
    """Decide for each call.

    params:  what the run is given now;  code: what decides a call's step now
    apart:   the calls whose results are stored item by item
    missing: asked once for each value that is wanted, and for those of the pipeline's results
    """
    plan = Resumption()
    for call in pipeline.calls:
        known = past.call(call.id)
        changed = _changed(known, filled(inputs_told(call), params), apart=call.id in apart)
        _decide(plan, call, known, changed, code)
    _want_values(plan, pipeline, missing)
    return plan


def _decide(
    plan: Resumption,
    call: Call,
    known: PastCall,
    changed: str | None,
    code: Callable[[Call], str],
) -> None:
    anew = next((p for p in producers_of(call) if p not in plan.kept), None)
    if known.ended is not None:
        because = changed or _newer(plan, call, known.ended)
        if because is None and anew is not None:
            because = f"'{anew}' runs anew"
        if because is None and known.ended.code != code(call):
            because = "its code or what it needs has changed"
        if because is None:
            plan.kept[call.id] = known.ended
        else:
            plan.needed[call.id] = because
    elif known.under_way is not None:
        same = known.image is not None and known.image == code(call)
        if same and anew is None and changed is None:
            plan.adopted[call.id] = known.under_way
        else:
            plan.needed[call.id] = "it was under way when the run broke off"
    elif known.failure:
        plan.needed[call.id] = f"it had failed: {known.failure.partition(chr(10))[0][:200]}"


def _changed(known: PastCall, inputs: Mapping[str, JsonValue], *, apart: bool) -> str | None:
    if known.apart != apart:
        return f"the pipeline {'maps' if apart else 'no longer maps'} over what it gives"
    names = [*inputs, *(name for name in known.inputs if name not in inputs)]
    changed = [f"'{name}'" for name in names if known.inputs.get(name) != inputs.get(name)]
    if not changed:
        return None
    return f"{', '.join(changed[:3])} {'has' if len(changed) == 1 else 'have'} changed"


def _newer(plan: Resumption, call: Call, ended: Ended) -> str | None:
    """Whether one of its inputs was made again after it was done."""
    for producer in producers_of(call):
        made = plan.kept.get(producer)
        if made is not None and made.seq > ended.seq:
            return f"'{producer}' has run anew since"
    return None


def _want_values(plan: Resumption, pipeline: Pipeline, missing: Missing) -> None:
    """See that every value that will be read is there; what made one that is not runs again, with all that follows."""
    consumers: dict[CallId, list[CallId]] = {call.id: [] for call in pipeline.calls}
    for call in pipeline.calls:
        for producer in producers_of(call):
            consumers[producer].append(call.id)
    for call in pipeline.calls:
        if call.id in plan.needed:
            _follow(plan, consumers, call.id)
    results, asked = set(pipeline.results), set[CallId]()
    todo = [call.id for call in reversed(pipeline.calls)]  # consumers first: they say what is read
    while todo:
        call_id = todo.pop(0)
        reader = next((one for one in consumers[call_id] if _reads(plan, one)), None)
        idle = reader is None and call_id not in results
        if call_id not in plan.kept or call_id in asked or idle:
            continue
        asked.add(call_id)
        fault = missing(call_id, plan.kept[call_id])
        if fault is None:
            plan.wanted.add(call_id)
            continue
        need = "" if reader is None else f", and '{reader}' needs it"
        plan.needed[call_id] = f"{fault}{need}"
        _follow(plan, consumers, call_id)
        todo = [call.id for call in reversed(pipeline.calls)]


def _reads(plan: Resumption, consumer: CallId) -> bool:
    """Whether a call is going to read its inputs. One that is adopted has read them, but may have to try again."""
    return consumer not in plan.kept


def _follow(plan: Resumption, consumers: Mapping[CallId, list[CallId]], call: CallId) -> None:
    """A call runs again, and so does all that follows from it."""
    plan.kept.pop(call, None)
    plan.wanted.discard(call)
    todo = [call]
    while todo:
        maker = todo.pop()
        for one in consumers[maker]:
            if plan.kept.pop(one, None) is not None or plan.adopted.pop(one, None) is not None:
                plan.wanted.discard(one)
                plan.needed[one] = f"'{maker}' runs anew"
                todo.append(one)
