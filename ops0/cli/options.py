"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from ops0.core.errors import SettingsError
from ops0.core.pipeline import JsonValue

pipeline_argument = click.argument("pipeline", required=False, metavar="[PIPELINE]")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")


class BadParam(SettingsError):
    """``--param`` wants ``name=value``."""

    exit_code = 5

    def __init__(self, text: str) -> None:
        super().__init__(f"--param {text}: not of the form name=value", "write --param rate=0.5")
        self.text = text


def parse_params(texts: Sequence[str]) -> dict[str, JsonValue]:
    """``rate=0.5`` as JSON where it is JSON, else as the text itself; the last one of a name wins.

    raises: BadParam
    """
    params: dict[str, JsonValue] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.isidentifier():
            raise BadParam(text)
        params[name] = _value(value)
    return params


def _value(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text, parse_constant=str)
    except ValueError:
        return text
    return value
