"""Where the arguments of a call come from: the calls that it reads, and what the event log says of each. Pure."""

from __future__ import annotations

from ops0.core.arguments import part_sources
from ops0.core.pipeline import (
    Call,
    CallId,
    FromCall,
    FromCalls,
    FromParam,
    FromParts,
    JsonValue,
    Part,
)


def producers_of(call: Call) -> tuple[CallId, ...]:
    """The calls whose results it reads, each once, in the order of its inputs."""
    found: dict[CallId, None] = {}
    for _, source in part_sources(call):
        if isinstance(source, FromCall):
            found[source.call] = None
        elif isinstance(source, FromCalls):
            found.update(dict.fromkeys(source.calls))
    return tuple(found)


def inputs_told(call: Call) -> dict[str, JsonValue]:
    """Where each argument comes from, for the event log: each has ``call``, ``param``, ``value`` or ``parts``."""
    return {
        name: {"parts": [_told(one) for one in source.parts], "shape": source.shape}
        if isinstance(source, FromParts)
        else _told(source)
        for name, source in call.inputs
    }


def _told(source: Part) -> JsonValue:
    if isinstance(source, FromCalls):
        return {"call": source.call, "item": None}
    if isinstance(source, FromCall):
        return {"call": source.call, "item": source.item}
    if isinstance(source, FromParam):
        return {"param": source.param, "default": source.default}
    return {"value": source.value}
