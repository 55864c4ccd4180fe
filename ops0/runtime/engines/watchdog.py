"""Asks now and then whether what is waited for is still there at all.

An engine whose containerd was killed says of a container that it runs, for ever: its streams stay open, and waiting for
it never ends. Only its processes tell that they are gone, and only removing the container by force ends the waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from ops0.core.errors import EngineError

PERIOD = 10.0
"""Seconds between two questions."""
_SURE = 2
"""So often in a row it must be gone: between two states an engine may say so of a container that is well."""


class Watchdog:
    """On a thread of its own from ``begin`` to ``end``: where ``gone`` says so twice in a row, ``act`` is called."""

    def __init__(self, gone: Callable[[], bool], act: Callable[[], None]) -> None:
        self._gone, self._act = gone, act
        self._over = threading.Event()

    def begin(self) -> None:
        """Start it."""
        threading.Thread(target=self._run, name="ops0 watchdog", daemon=True).start()

    def end(self) -> None:
        """Ask no more."""
        self._over.set()

    def _run(self) -> None:
        times = 0
        while times < _SURE:
            if self._over.wait(PERIOD):
                return
            try:
                times = times + 1 if self._gone() else 0
            except EngineError:
                times = 0  # an engine that is away says nothing of its containers
        if not self._over.is_set():  # it may have ended while that was asked
            self._act()
