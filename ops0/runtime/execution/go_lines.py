"""Go lines, by the grammar of ``ops0_runner.protocol``. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ops0.core.graphs.annotated import is_path
from ops0.core.pipeline import (
    Call,
    CallId,
    FromCall,
    FromCalls,
    FromParam,
    FromParts,
    JsonValue,
    Part,
    Step,
)
from ops0.runtime.engine import Job
from ops0_runner.protocol import VERSION

Given = Callable[[CallId], Mapping[str, JsonValue]]
"""What a producer left: ``{"path", "nonce", "manifest"}``."""


def go_line(
    job: Job,
    *,
    output: str,
    inputs: Mapping[str, JsonValue],
    secrets: Mapping[str, str],
    apart: bool,
    tell: bool,
) -> bytes:
    """One JSON line with all that the attempt must know; a newline at the end.

    inputs:  what ``go_inputs`` gives, and the model where the step has one
    secrets: environment variable -> value; this line is all that ever holds them
    apart:   whether the items of the result are to be stored one by one
    tell:    whether the result itself is wanted here
    """
    line: dict[str, JsonValue] = {
        "v": VERSION,
        "run": job.run,
        "call": job.call,
        "attempt": job.attempt,
        "nonce": job.nonce,
        "output": output,
        "inputs": dict(inputs),
    }
    if apart:
        line["apart"] = True
    if tell:
        line["tell"] = True
    if secrets:
        line["secrets"] = dict(secrets)
    return json.dumps(line, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def go_inputs(
    call: Call, step: Step, params: Mapping[str, JsonValue], given: Given
) -> dict[str, JsonValue]:
    """Argument name -> what a go line says of it, in the order of the call."""
    paths = {one.name for one in step.parameters if is_path(one.annotation)}
    inputs: dict[str, JsonValue] = {}
    for name, source in call.inputs:
        as_path = name in paths
        if isinstance(source, FromParts):
            parts = [_part(one, params, given, as_path) for one in source.parts]
            inputs[name] = {"from": "parts", "of": parts, "shape": source.shape}
        else:
            inputs[name] = _part(source, params, given, as_path)
    return inputs


def _part(source: Part, params: Mapping[str, JsonValue], given: Given, as_path: bool) -> JsonValue:
    if isinstance(source, FromCalls):
        return {"from": "values", "of": [dict(given(one)) for one in source.calls]}
    if isinstance(source, FromCall):
        return {"from": "value", **given(source.call), "item": source.item}
    line: dict[str, JsonValue] = {"from": "json"}
    if isinstance(source, FromParam):
        line["value"] = params.get(source.param, source.default)
    else:
        line["value"] = source.value
    if as_path:
        line["as"] = "path"
    return line
