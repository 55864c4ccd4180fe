"""The parameters of a run, and the go line of one attempt. Pure; the grammar stands in ops0_runner.protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping

from ops0.core.api.model import PARAMETER
from ops0.core.errors import Ops0Error, raise_together
from ops0.core.graphs.annotated import is_path
from ops0.core.near import did_you_mean
from ops0.core.pipeline import (
    Call,
    CallId,
    FromCall,
    FromCalls,
    FromConstant,
    FromParam,
    FromParts,
    Input,
    JsonValue,
    Part,
    Pipeline,
    StepName,
    params_of,
    part_sources,
)
from ops0.runtime.engine import Job
from ops0.runtime.errors import ParamFault
from ops0.runtime.inputs import inputs_told, producers_of
from ops0_runner.protocol import VERSION


def check_params(pipeline: Pipeline, params: Mapping[str, JsonValue]) -> None:
    """Refuse unknown and missing parameters, all of them together. Raises ParamFault, ErrorGroup."""
    known = params_of(pipeline)
    names = ", ".join(sorted(known)) or "none"
    faults: list[Ops0Error] = []
    for name in sorted(set(params) - set(known)):
        message = f"{pipeline.entry}: the pipeline has no parameter '{name}'"
        hint = did_you_mean(name, known, f"its parameters: {names}")
        faults.append(ParamFault(message, name, hint))
    for name, source in sorted(known.items()):
        if source.required and name not in params:
            message = f"{pipeline.entry}: the parameter '{name}' has no value"
            faults.append(ParamFault(message, name, _how_to_give(pipeline, name)))
    for name, value in sorted(params.items()):
        if name in known and not _is_json(value):
            message = f"{pipeline.entry}: the value of the parameter '{name}' is not JSON"
            hint = "give a number, a text, true, false, null, or lists and objects of them"
            faults.append(ParamFault(message, name, hint))
        elif name in known and not _is_unicode(value):
            message = f"{pipeline.entry}: the value of the parameter '{name}' is not Unicode text"
            faults.append(ParamFault(message, name, "give it in UTF-8"))
    raise_together(faults)


def _how_to_give(pipeline: Pipeline, name: str) -> str:
    """By names only steps above can provide an argument: where there are none, one below may have been meant."""
    takers = [
        number
        for number, call in enumerate(pipeline.calls)
        if any(isinstance(one, FromParam) and one.param == name for _, one in part_sources(call))
    ]
    first = takers[0]
    give = f"--param {name}=VALUE"
    if pipeline.explicit or first == len(pipeline.calls) - 1:
        return f"give it one: {give}"
    step = pipeline.calls[first].step
    return f"give it one: {give}; or, if a step below '{step}' makes '{name}', move that step above '{step}'"


def go_line(
    job: Job,
    call: Call,
    *,
    output: str,
    params: Mapping[str, JsonValue],
    given: Callable[[CallId], JsonValue],
    secrets: Mapping[str, str],
    model: Mapping[str, JsonValue] | None = None,
    apart: bool = False,
) -> bytes:
    """One JSON line with all that the attempt must know; a newline at the end.

    given:   what a producer left: ``{"path", "nonce", "manifest"}``
    secrets: environment variable -> value; this line is all that ever holds them
    model:   as ``given``, of the kept model that fills the parameter ``model``; or None
    apart:   whether the items of the result are to be stored one by one
    """
    paths = {one.name for one in job.step.parameters if is_path(one.annotation)}

    # Neither function names itself: the cycle would hold the whole run until Python looks for cycles.
    def part(name: str, source: Part) -> JsonValue:
        if isinstance(source, FromCalls):
            return {"from": "values", "of": [given(one) for one in source.calls]}
        if isinstance(source, FromCall):
            left = given(source.call)
            assert isinstance(left, dict)  # noqa: S101 - the orchestrator's own value
            return {"from": "value", **left, "item": source.item}
        value: JsonValue
        match source:
            case FromParam():
                value = params.get(source.param, source.default)
            case FromConstant():
                value = source.value
        return {"from": "json", "value": value, **({"as": "path"} if name in paths else {})}

    def entry(name: str, source: Input) -> JsonValue:
        if isinstance(source, FromParts):
            parts = [part(name, one) for one in source.parts]
            return {"from": "parts", "of": parts, "shape": source.shape}
        return part(name, source)

    line: dict[str, JsonValue] = {
        "v": VERSION,
        "run": job.run,
        "call": job.call,
        "attempt": job.attempt,
        "nonce": job.nonce,
        "output": output,
        "inputs": {
            **{name: entry(name, source) for name, source in call.inputs},
            **({} if model is None else {PARAMETER: {"from": "value", **model}}),
        },
    }
    if apart:
        line["apart"] = True
    if secrets:
        line["secrets"] = dict(secrets)
    return json.dumps(line, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def calls_told(
    pipeline: Pipeline,
    calls: Iterable[Call],
    image: Callable[[StepName], str | None],
    apart: Collection[CallId],
) -> list[JsonValue]:
    """What the event log says of calls, each once, before they begin. ``apart``: see Stage."""
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


def _is_json(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _is_unicode(value: JsonValue) -> bool:
    """Whether no text in it has a lone surrogate, which is how Python reads arguments that are not UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
