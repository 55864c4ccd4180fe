"""Tests that run beside others and may not meet: those that clean up the engine that all share, for one."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(name: str) -> Iterator[None]:
    """No other test of this machine is in a block of that name meanwhile.

    gc: one cleans up the shared engine, or has left there what any clean-up would take
    """
    with Path(tempfile.gettempdir(), f"ops0-tests-{name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
