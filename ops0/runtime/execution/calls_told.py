"""What the event log says of a run's calls before they begin. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from ops0.core.pipeline import Call, CallId, JsonValue, Pipeline, StepName
from ops0.runtime.inputs import inputs_told, producers_of


def calls_told(
    pipeline: Pipeline,
    calls: Iterable[Call],
    image: Callable[[StepName], str | None],
    apart: Collection[CallId],
) -> list[JsonValue]:
    """What the event log says of calls, each once, before they begin. ``apart``: see LiveRun."""
    return [
        {
            "call": call.id,
            "step": call.step,
            "after": list(producers_of(call)),
            "inputs": inputs_told(call),
            "where": str(pipeline.step(call.step).where),
            "image": image(call.step),
            **({"each": list(call.each)} if call.each else {}),
            **({"apart": True} if call.id in apart else {}),
        }
        for call in calls
    ]
