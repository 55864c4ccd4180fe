"""Ctrl-C, SIGTERM and SIGHUP during a run become messages: the orchestrator decides, nothing is torn half-way."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ops0.host.stops import leave_lost_terminal, stop_signals


@contextmanager
def caught_signals(tell: Callable[[], None]) -> Iterator[None]:
    """Call ``tell`` for each signal that ends ops0 while the block runs, then give the old handlers back.

    ``tell`` runs between two bytecodes of the main thread: it must not block (SimpleQueue.put is fine).
    Off the main thread Python lets nobody handle signals; there the block runs as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handler(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            leave_lost_terminal()
        tell()

    old = {number: signal.signal(number, handler) for number in stop_signals()}
    try:
        yield
    finally:
        for number, before in old.items():
            signal.signal(number, before if before is not None else signal.SIG_DFL)
