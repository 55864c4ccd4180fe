"""Which frames are ops0's own, and a traceback without them: whoever mends a step looks for their own code."""

from __future__ import annotations

from types import FrameType, TracebackType

__all__ = ["is_own", "without_own"]


def is_own(frame: FrameType) -> bool:
    """Whether a frame runs code of ops0 itself."""
    module = frame.f_globals.get("__name__")
    return isinstance(module, str) and (module == "ops0" or module.startswith("ops0."))


def without_own(trace: TracebackType | None) -> TracebackType | None:
    """A traceback of the other frames, outermost first; the same one where all are ops0's."""
    kept = []
    step = trace
    while step is not None:
        if not is_own(step.tb_frame):
            kept.append(step)
        step = step.tb_next
    found: TracebackType | None = None
    for step in reversed(kept):
        found = TracebackType(found, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return found or trace
