"""Waits for what is to go after its run, and removes it: a process of its own, one a state folder.

It is started when a run ends that leaves something for ``@ops0.cleanup_after``, and ends when nothing is left that goes
within a day; what goes later, or after the machine was switched off, goes with the next run or ``ops0 gc``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ops0
from ops0.host.folders import lock_if_free, state_dir
from ops0.host.process import start_apart
from ops0.runtime.sweeping.cleanups import LOOK_AGAIN, notes, sweep

_HORIZON = 24 * 3600.0
"""Seconds that it waits at most: a process that sleeps for weeks serves nobody."""

_HOME = str(Path(ops0.__path__[0]).parent)


@contextmanager
def watched() -> Iterator[None]:
    """A run: when it has ended, however it did, what is noted then goes in its time."""
    try:
        yield
    finally:
        watch()


def watch() -> None:
    """Start the process where there is something to wait for."""
    if next(notes(), None) is not None:
        code = f"import sys; sys.path.append({_HOME!r}); from ops0.runtime.sweeping.sweeper import main; main()"
        start_apart((sys.executable, "-I", "-c", code))


def main() -> None:
    """Sweep until nothing is left to wait for. Where another one does it already, leave it to that."""
    wait: float | None = 0.0
    while wait is not None and wait <= _HORIZON:
        with lock_if_free(state_dir() / "cleanups" / ".sweeper") as alone:
            if not alone:
                return
            wait = _sweep_on()
        # Whoever came while this one was about to end has left it to this one: so look once more, without the lock.
        wait = sweep(time.time())


def _sweep_on() -> float | None:
    while (wait := sweep(time.time())) is not None and wait <= _HORIZON:
        time.sleep(min(max(wait, 0.05), LOOK_AGAIN))
    return wait
