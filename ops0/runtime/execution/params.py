"""Whether a run is given what its pipeline takes. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ops0.core.arguments import params_of, part_sources
from ops0.core.errors import Ops0Error, raise_together
from ops0.core.near import did_you_mean
from ops0.core.pipeline import FromParam, JsonValue, Pipeline
from ops0.runtime.errors import ParamFault


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
