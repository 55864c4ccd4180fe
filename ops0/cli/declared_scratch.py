"""Temporary files of steps with ``@ops0.cleanup_after`` that ``ops0.run()`` runs in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FunctionType

from ops0.core.api.marks import options_of
from ops0.core.pipeline import CallId


@contextmanager
def scratch_for(steps: Sequence[FunctionType]) -> Iterator[Mapping[str, str]]:
    """A folder for each of them; they go some time after the block. Raises OSError."""
    after = {
        CallId(step.__dict__["__ops0_name__"]): options_of(step)["cleanup_after"]
        for step in steps
        if "cleanup_after" in options_of(step)
    }
    if not after:
        yield {}
        return
    import time  # noqa: PLC0415 - what follows is loaded where somebody needs it

    from ops0.runtime.runs import new_run_id  # noqa: PLC0415
    from ops0.runtime.sweeping.cleanups import note_cleanups, scratch_folder  # noqa: PLC0415
    from ops0.runtime.sweeping.sweeper import watched  # noqa: PLC0415

    run = new_run_id(time.time())
    with watched():
        held = note_cleanups(run, after, scratch=True)
        assert held is not None  # noqa: S101 - there is something to clean up
        try:
            yield {call: str(scratch_folder(run, call, 1)) for call in after}
        finally:
            os.utime(held.path)  # its time counts from now
            held.let_go()
