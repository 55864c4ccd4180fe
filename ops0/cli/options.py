"""Options that several commands share."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from ops0.cli.completions import complete_file, complete_param
from ops0.cli.to_be_written import ToBeWritten
from ops0.core.arguments import part_sources
from ops0.core.errors import SettingsError
from ops0.core.graphs.annotated import bare_type, is_path
from ops0.core.locked import PLATFORMS
from ops0.core.pipeline import FromParam, JsonValue, Pipeline
from ops0.core.quantities import QuantityError


def quantity(read: Callable[[str], float]) -> Callable[..., float | None]:
    """A callback for an option that takes a time or a size: one that cannot be read is wrong usage."""

    def convert(
        _context: click.Context, _option: click.Parameter, text: str | None
    ) -> float | None:
        try:
            return None if text is None else read(text)
        except QuantityError as fault:
            raise click.BadParameter(f"{fault}: {fault.hint}") from None

    return convert


pipeline_argument = click.argument(
    "pipeline", required=False, metavar="[PIPELINE]", shell_complete=complete_file
)
wheelhouse_option = click.option(
    "--wheelhouse",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Take wheels only from this folder, made by ops0 lock --wheelhouse, not from an index.",
)


def _platforms(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    """``linux/amd64,linux/arm64``, or one by one; each once, in that order."""
    found = tuple(dict.fromkeys(name.strip() for text in texts for name in text.split(",")))
    for name in found:
        if name not in PLATFORMS.values():
            raise click.BadParameter(f"{name!r} is none of {', '.join(PLATFORMS.values())}")
    return found


platforms_option = click.option(
    "--platform",
    "platforms",
    multiple=True,
    metavar="PLATFORM",
    callback=_platforms,
    help="For this platform instead of the settings': linux/amd64, linux/arm64. Repeatable, or with commas.",
)
params_option = click.option(
    "--param",
    "texts",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=complete_param,
    help="Set a pipeline parameter. Repeatable.",
)


def examples(*commands: str) -> str:
    """A help page's end: commands to copy, one a line."""
    return "\n".join(("\b", "Examples:", *(f"  {one}" for one in commands)))


class Count(click.types.IntParamType):
    """A number of things. ``name`` is what a wrong one is told not to be; a help page shows no range."""

    def __init__(self, least: int = 1) -> None:
        self.least, self.name = least, f"whole number of {least} or more"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """As click's own numbers. Raises BadParameter."""
        text = str(value)
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) < self.least:
            self.fail(f"'{text}' is no {self.name}", param, ctx)
        return int(text)


jobs_option = click.option(
    "--jobs", type=Count(), metavar="N", help="Maximum calls at once. Default: number of CPUs."
)
out_option = click.option(
    "--out",
    "-o",
    type=ToBeWritten(file_okay=False),
    metavar="DIR",
    help="Also write the result files into this folder, new or empty.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")


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
