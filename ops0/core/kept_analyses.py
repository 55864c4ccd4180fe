"""An analysis that has been made before is looked up, if every file and name that it saw is as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Protocol

from ops0.core import pipeline, step_options
from ops0.core.digest import digest_of
from ops0.core.pipeline import Pipeline
from ops0.core.project_files import Source
from ops0.core.rows import classes_of, from_rows, to_rows
from ops0.core.traced import Trace, TracedSource, still_holds

__all__ = ["Kept", "kept_pipeline", "question"]

_FORMAT = 1
_CLASSES = classes_of(pipeline, step_options)


class Kept(Protocol):
    """Where results are kept. It may lose anything at any time, and never gives what others may have written."""

    def get(self, key: str) -> bytes | None:
        """What was put under a key, or None."""

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key, in place of what is there. What cannot be kept is no fault."""


def question(**parts: str) -> str:
    """The key of an analysis: all that its result depends on beside the source, as text."""
    return digest_of({"format": _FORMAT, **parts})


def kept_pipeline(
    key: str, source: Source, kept: Kept, make: Callable[[Source], Pipeline]
) -> Pipeline:
    """The pipeline that ``make`` gives, looked up where it has been made before of the very same source.

    key:    see question;   make: pure but for the source. What it raises is raised, and not kept
    """
    found = _read(kept.get(key))
    if found is not None and still_holds(found[0], source):
        return found[1]
    traced = TracedSource(source)
    made = make(traced)
    if not traced.changed:
        kept.put(key, _written(traced.trace, made))
    return made


def _written(trace: Trace, pipeline: Pipeline) -> bytes:
    # Row by row: the standard encoder holds a whole document in a million pieces before it joins them.
    rows = [_json(row) for row in to_rows(pipeline)]
    return b'{"trace":' + _json(trace) + b',"rows":[' + b",".join(rows) + b"]}"


def _json(part: object) -> bytes:
    return json.dumps(part, separators=(",", ":")).encode()


def _read(data: bytes | None) -> tuple[Trace, Pipeline] | None:
    """What was kept; None for what cannot be read back, which is then made anew and written over."""
    if data is None:
        return None
    try:
        document = json.loads(data)
        trace = tuple((str(what), str(path), str(told)) for what, path, told in document["trace"])
        pipeline = from_rows(document["rows"], _CLASSES)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return (trace, pipeline) if isinstance(pipeline, Pipeline) else None
