"""What a user gives for the pipeline's parameters: ``rate=0.5`` as a name, and as the value that it means. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from ops0.core.arguments import part_sources
from ops0.core.errors import SettingsError
from ops0.core.graphs.annotated import bare_type, is_path
from ops0.core.pipeline import FromParam, JsonValue, Pipeline

_NUMBERS: Mapping[str, tuple[tuple[type, ...], str]] = {
    "int": ((int,), "3"),
    "float": ((int, float), "0.5"),
    "bool": ((bool,), "true"),
}
"""Annotation -> what a text must mean, and an example."""


class BadParam(SettingsError):
    """``--param`` wants ``name=value``."""

    exit_code = 5

    def __init__(self, text: str) -> None:
        super().__init__(f"--param {text}: not of the form name=value", "write --param rate=0.5")
        self.text = text


class ParamUnfit(SettingsError):
    """A text after ``--param`` that cannot be what the parameter's annotation says."""

    exit_code = 5

    def __init__(self, name: str, text: str, kind: str, example: str) -> None:
        super().__init__(
            f"--param {name}={text}: the parameter is annotated {kind}",
            f"write --param {name}={example}",
        )
        self.name, self.text, self.kind = name, text, kind


class ParamTooDeep(SettingsError):
    """A value after ``--param`` that is nested deeper than Python reads JSON."""

    exit_code = 5

    def __init__(self, name: str) -> None:
        super().__init__(
            f"--param {name}: lists or objects are nested too deeply",
            "put it into a file, and give the step its path",
        )
        self.name = name


def split_params(texts: Sequence[str]) -> dict[str, str]:
    """``rate=0.5`` as name and text; the last one of a name wins. Raises BadParam."""
    params: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.isidentifier():
            raise BadParam(text)
        params[name] = value
    return params


def typed_params(
    texts: Mapping[str, str], pipeline: Pipeline, folder: Path | None = None
) -> dict[str, JsonValue]:
    """Each text as JSON where it is JSON, else as it stands; always as it stands where the annotation says ``str``.

    folder: where relative paths begin that are given for parameters annotated ``Path``, for steps that run elsewhere
            on this machine; None: paths stay as they stand
    raises: ParamUnfit where the annotation says ``int``, ``float`` or ``bool``: the text "False" would count as true;
            ParamTooDeep
    """
    annotations = {
        source.param: source.annotation
        for call in pipeline.calls
        for _, source in part_sources(call)
        if isinstance(source, FromParam)
    }
    return {
        name: str(folder / text)
        if folder is not None and is_path(annotations.get(name))
        else _fitting(name, text, annotations.get(name))
        for name, text in texts.items()
    }


def _fitting(name: str, text: str, annotation: str | None) -> JsonValue:
    kind = bare_type(annotation)
    if kind == "str" or is_path(annotation):
        return text
    try:
        value = _value(text)
    except RecursionError:
        raise ParamTooDeep(name) from None
    if kind == "bool" and text in ("True", "False"):
        return text == "True"
    types, example = _NUMBERS.get(kind, ((), ""))
    fits = isinstance(value, types) and (kind == "bool" or not isinstance(value, bool))
    if types and value is not None and not fits:
        raise ParamUnfit(name, text, kind, example)
    return value


def _value(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text, parse_constant=str, parse_float=_finite)
    except ValueError:
        return text
    return value


def _finite(text: str) -> float | str:
    """A number; one that is too large, which would become an infinity that no JSON has, stays as it stands."""
    number = float(text)
    return number if math.isfinite(number) else text
