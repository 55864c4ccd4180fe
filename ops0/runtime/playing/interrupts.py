"""Ctrl-C and SIGTERM during a run become messages: the orchestrator decides, nothing is torn half-way."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def caught_signals(tell: Callable[[], None]) -> Iterator[None]:
    """Call ``tell`` for each SIGINT or SIGTERM while the block runs, then give the old handlers back.

    ``tell`` runs between two bytecodes of the main thread: it must not block (SimpleQueue.put is fine).
    Off the main thread Python lets nobody handle signals; there the block runs as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handler(_number: int, _frame: FrameType | None) -> None:
        tell()

    old = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, before in old.items():
            signal.signal(number, before if before is not None else signal.SIG_DFL)
