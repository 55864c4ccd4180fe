"""Parameters that name a file of this machine, where the steps run as containers: told before they fail for it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from ops0.core.arguments import part_sources
from ops0.core.graphs.annotated import is_path
from ops0.core.pipeline import Call, FromParam, JsonValue, Pipeline, Step, Warn

_HINT = (
    "a step can read a data file that its code names literally, a URL, or what another step returns"
)
_LONGEST = 1000


def unseen_files(
    params: Mapping[str, JsonValue], pipeline: Pipeline, folder: Path
) -> Iterator[Warn]:
    """One for each such parameter, at the first step that takes it and has not got the file in its image.

    folder: where the user's relative paths begin
    """
    steps = {step.name: step for step in pipeline.steps}
    told: set[str] = set()
    for call in pipeline.calls:
        for source in _given(call):
            value, step = params.get(source.param), steps[call.step]
            if not isinstance(value, str) or source.param in told or _in_image(step, value):
                continue
            if _is_there(value, folder, annotated=is_path(source.annotation)):
                told.add(source.param)
                fact = "is on this machine, and a container does not see it"
                text = f"'{source.param}': {value} {fact}"
                yield Warn(where=step.where, text=text, hint=_HINT)


def _given(call: Call) -> Iterator[FromParam]:
    return (source for _, source in part_sources(call) if isinstance(source, FromParam))


def _is_there(text: str, folder: Path, *, annotated: bool) -> bool:
    """Whether a text means a file: any that a ``Path`` is made of, else one that looks like a file's name."""
    if not text or len(text) > _LONGEST or not text.isprintable():
        return False
    path = folder / text
    looks = os.sep in text or bool(PurePosixPath(text).suffix)
    return path.exists() if annotated else looks and path.is_file()


def _in_image(step: Step, text: str) -> bool:
    """Whether the image has that file, at that place from where the step runs."""
    place = os.path.normpath(PurePosixPath(step.folder, text))
    return any(place == file.path for file in step.data)
