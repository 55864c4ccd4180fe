"""A traceback as its frames, and made again of some of them. Runs in images: Python 3.8, loaded after a failure."""

from __future__ import annotations

from types import TracebackType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Optional, Sequence

__all__ = ["joined", "steps_of"]


def steps_of(trace: Optional[TracebackType]) -> Iterator[TracebackType]:
    """Walk a traceback, outermost frame first."""
    while trace is not None:
        yield trace
        trace = trace.tb_next


def joined(steps: Sequence[TracebackType]) -> Optional[TracebackType]:
    """Make a traceback of some steps of another, in their order; None of none. The other stays as it is."""
    made: Optional[TracebackType] = None
    for step in reversed(steps):
        made = TracebackType(made, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return made
