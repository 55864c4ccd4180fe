"""How wide a pipeline is, which of its results are kept, and how to ask for the same run again. Pure."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence

from ops0.core.graphs.spreading import MOST_ITEMS
from ops0.core.pipeline import CallId, JsonValue, Pipeline
from ops0.runtime.inputs import producers_of


def kept_calls(pipeline: Pipeline) -> frozenset[CallId]:
    """The calls whose results are kept."""
    kept = {step.name for step in pipeline.steps if step.options.cache is not None}
    return frozenset(call.id for call in pipeline.calls if call.step in kept)


def pipeline_width(pipeline: Pipeline) -> int:
    """How many calls stand at most on one level: a bound on what is worth running side by side."""
    level: dict[CallId, int] = {}
    count: dict[int, int] = {}
    for call in pipeline.calls:
        level[call.id] = max((level[p] + 1 for p in producers_of(call)), default=0)
        count[level[call.id]] = count.get(level[call.id], 0) + (MOST_ITEMS if call.each else 1)
    return max(count.values(), default=1)


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
