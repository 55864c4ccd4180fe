"""Finds a runner that will never be ready: one that imports uses processor time, however busy the machine is."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ops0.core.errors import EngineError
from ops0.host.usage import Usage

LOOK = 60.0
"""Seconds between two looks. The runner says where it is a little earlier (ops0_runner.protocol.IMPORT_TOLD)."""
_LEAST = 0.01
"""Seconds of processor time below which nothing has happened between two looks."""


class ImportWatch:
    """Watches one attempt on a thread of its own, from ``begin`` until it is ready (``end``).

    ask:   what its processes have used so far; None: nobody can tell, and nothing is decided
    stuck: called once, with the seconds in which it did nothing
    """

    def __init__(self, ask: Callable[[], Usage | None], stuck: Callable[[float], None]) -> None:
        self._ask, self._stuck = ask, stuck
        self._over = threading.Event()

    def begin(self) -> None:
        """Start it."""
        threading.Thread(target=self._run, name="ops0 import watch", daemon=True).start()

    def end(self) -> None:
        """The attempt is ready, or has ended."""
        self._over.set()

    def _run(self) -> None:
        before: float | None = None
        while not self._over.wait(LOOK):
            used = self._used()
            if self._over.is_set():
                return
            if used is not None and before is not None and used - before < _LEAST:
                self._stuck(LOOK)
                return
            before = used

    def _used(self) -> float | None:
        try:
            usage = self._ask()
        except (EngineError, OSError):
            return None  # an engine that is away has no numbers; the attempt's own thread judges it
        return None if usage is None else usage.cpu
