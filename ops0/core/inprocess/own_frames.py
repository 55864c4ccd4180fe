"""Which frames are ops0's own, and a traceback without them: whoever mends a step looks for their own code."""

from __future__ import annotations

from types import FrameType, TracebackType

from ops0.core.tracebacks import joined, steps_of

__all__ = ["is_own", "without_own"]


def is_own(frame: FrameType) -> bool:
    """Whether a frame runs code of ops0 itself."""
    module = frame.f_globals.get("__name__")
    return isinstance(module, str) and (module == "ops0" or module.startswith("ops0."))


def without_own(trace: TracebackType | None) -> TracebackType | None:
    """A traceback of the other frames, outermost first; the same one where all are ops0's."""
    return joined([step for step in steps_of(trace) if not is_own(step.tb_frame)]) or trace
