"""Which steps ``ops0.run()`` means: those declared in the scope that calls it. Host only.

A ``with ops0.pipeline(...)`` owns the steps declared inside it; if there are none, those declared before it in
the same scope. Outside a ``with`` the last pipeline counts, else all steps of the scope. A scope is a function,
or, where that declares no steps, its module.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import FrameType, FunctionType
from typing import Any

from ops0.core.api.scope import PipelineScope, closed_pipeline, open_pipeline
from ops0.core.errors import InvalidPipelineError, Ops0Error
from ops0.core.inprocess import executing
from ops0.core.inprocess.own_frames import is_own, without_own
from ops0.core.inprocess.scratch import MakeScratch, no_scratch


class NoStepsDeclared(InvalidPipelineError):
    """``ops0.run()`` where no steps are declared."""

    def __init__(self) -> None:
        super().__init__(
            "no steps are declared where ops0.run() is called",
            "declare functions with @ops0.step first, or name a file: ops0.run('pipeline.py')",
        )


def run_declared(
    params: Mapping[str, Any] | None = None,
    read_secrets: executing.ReadSecrets = lambda _: {},
    read_sources: executing.ReadSources = executing.no_sources,
    make_scratch: MakeScratch = no_scratch,
) -> Any:
    """Run the steps that are declared in the caller's scope, in this process, in order.

    params:  argument name -> value, any Python objects
    returns: the last step's value; ``{step: value}`` where several steps come last
    read_secrets: looks up what ``@ops0.secrets`` names;  read_sources: reads what ``@ops0.source`` names
    make_scratch: makes folders for what ``@ops0.cleanup_after`` removes
    raises:  InvalidPipelineError; whatever a step raises, as it is
    """
    frame = _caller()
    given = dict(params or {})
    try:
        function, steps = _chosen(frame)
    finally:
        del frame
    if function is None and not steps:
        raise NoStepsDeclared
    try:
        if function is not None:
            return executing.call_pipeline(function, given, read_secrets, make_scratch)
        return executing.execute(steps, given, read_secrets, read_sources, make_scratch)
    except Ops0Error:
        raise
    except Exception as fault:  # noqa: BLE001 - the user's own
        raise fault.with_traceback(without_own(fault.__traceback__))  # noqa: B904 - the same one


def _caller() -> FrameType:
    """Find the first frame outside ops0."""
    frame = sys._getframe(1)  # noqa: SLF001 - inspect.currentframe() is the same
    while frame.f_back is not None and is_own(frame):
        frame = frame.f_back
    return frame


def _chosen(frame: FrameType) -> tuple[FunctionType | None, tuple[FunctionType, ...]]:
    """Choose the pipeline function to call, or the steps to join."""
    current = open_pipeline()
    if current is not None and current.frame is not None:
        return None, _owned(current, current.frame)
    steps = _declared(frame, "is_ops0_step")
    functions = _declared(frame, "is_ops0_pipeline")
    closed = closed_pipeline(frame)
    # The steps of a pipeline that an earlier call of the same function closed are gone: it does not count.
    owned = _owned(closed, frame) if closed is not None else ()
    ended = (closed.last or 0) if closed is not None and owned else 0
    if functions and _number(functions[-1]) > ended:
        return functions[-1], steps
    return None, owned or steps


def _owned(pipeline: PipelineScope, frame: FrameType) -> tuple[FunctionType, ...]:
    first, last = pipeline.first or 0, pipeline.last or sys.maxsize
    steps = _declared(frame, "is_ops0_step")
    inside = tuple(step for step in steps if first < _number(step) < last)
    return inside or tuple(step for step in steps if _number(step) < first)


def _declared(frame: FrameType, mark: str) -> tuple[FunctionType, ...]:
    """Find marked functions among the names of a scope, else of its module, in order of declaration."""
    local = _marked(frame.f_locals, mark)
    return local if local or frame.f_locals is frame.f_globals else _marked(frame.f_globals, mark)


def _marked(names: Mapping[str, object], mark: str) -> tuple[FunctionType, ...]:
    found = {
        id(value): value
        for value in list(names.values())
        if isinstance(value, FunctionType) and value.__dict__.get(mark) is True
    }
    return tuple(sorted(found.values(), key=_number))


def _number(function: FunctionType) -> int:
    number: int = function.__dict__["__ops0_number__"]
    return number
