"""What an attempt uses over time: asked of its engine while it runs, ever more seldom."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from ops0.core.errors import EngineError
from ops0.host.usage import Usage

FIRST, SHORTEST, EACH = 0.25, 0.5, 240
"""Seconds to the first sample, and between the first ``EACH`` others; each ``EACH`` more stand twice as far apart."""


def pauses() -> Iterator[float]:
    """Seconds before each sample: some 1,900 samples for ten hours, so that no log grows with time alone."""
    yield FIRST
    pause = SHORTEST
    while True:
        for _ in range(EACH):
            yield pause
        pause *= 2


class Sampler:
    """Samples one attempt on a thread of its own, from ``begin`` to ``end``; each sample is told on that thread."""

    def __init__(self, ask: Callable[[], Usage | None], tell: Callable[[Usage], None]) -> None:
        self._ask, self._tell = ask, tell
        self._over = threading.Event()

    def begin(self) -> None:
        """Start it."""
        threading.Thread(target=self._run, name="ops0 sampler", daemon=True).start()

    def end(self) -> None:
        """No sample is told any more. Does not wait: an engine that hangs may still be asked."""
        self._over.set()

    def _run(self) -> None:
        for pause in pauses():
            if self._over.wait(pause):
                return
            try:
                usage = self._ask()
            except (EngineError, OSError):
                continue  # an engine that is away has no numbers; the attempt's own thread judges it
            if usage is not None and not self._over.is_set():
                self._tell(usage)
