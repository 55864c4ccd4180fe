"""The command that asks for the same run again. Pure."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence

from ops0.core.pipeline import JsonValue


def rerun_command(
    pipeline: str, kind: str, params: Mapping[str, JsonValue], options: Sequence[str] = ()
) -> str:
    """The command that runs this again, ready to paste.

    pipeline: as it was given to ``ops0 run``; "" where it was left out;   kind: the engine's
    """
    argv = ["ops0", "run", *([pipeline] if pipeline else [])]
    if kind == "containers":
        argv.append("--containers")
    return shlex.join([*argv, *options, *param_words(params)])


def param_words(params: Mapping[str, JsonValue]) -> list[str]:
    """The options that give a command these parameters."""
    words: list[str] = []
    for name, value in params.items():
        text = value if isinstance(value, str) else json.dumps(value)
        words += ["--param", f"{name}={text}"]
    return words
