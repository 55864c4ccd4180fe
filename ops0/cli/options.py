"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import click

from ops0.core.errors import SettingsError
from ops0.core.pipeline import FromParam, JsonValue, Pipeline

pipeline_argument = click.argument("pipeline", required=False, metavar="[PIPELINE]")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")


class BadParam(SettingsError):
    """``--param`` wants ``name=value``."""

    exit_code = 5

    def __init__(self, text: str) -> None:
        super().__init__(f"--param {text}: not of the form name=value", "write --param rate=0.5")
        self.text = text


def split_params(texts: Sequence[str]) -> dict[str, str]:
    """``rate=0.5`` as name and text; the last one of a name wins. Raises BadParam."""
    params: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.isidentifier():
            raise BadParam(text)
        params[name] = value
    return params


def typed_params(texts: Mapping[str, str], pipeline: Pipeline) -> dict[str, JsonValue]:
    """Each text as JSON where it is JSON, else as it stands; always as it stands where the annotation says ``str``."""
    annotations = {
        source.param: source.annotation
        for call in pipeline.calls
        for _, source in call.inputs
        if isinstance(source, FromParam)
    }
    return {
        name: text if _is_text(annotations.get(name)) else _value(text)
        for name, text in texts.items()
    }


def _is_text(annotation: str | None) -> bool:
    bare = (annotation or "").strip("'\"").replace(" ", "")
    return bare in ("str", "str|None", "Optional[str]", "Path", "pathlib.Path")


def _value(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text, parse_constant=str)
    except ValueError:
        return text
    return value
