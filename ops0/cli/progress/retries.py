"""What a wait for a registry looks like: one line on stderr, so that nobody takes it for work."""

from __future__ import annotations

import sys
import time
from threading import Lock
from typing import TYPE_CHECKING

from ops0.cli.show.one_line import plain

if TYPE_CHECKING:
    from ops0_builder.registry.patience import Patience, Waiting


def told_patience() -> Patience:
    """The usual patience, which tells each wait. A spinner that turns meanwhile keeps the line above it."""
    from ops0_builder.registry.patience import Patience  # noqa: PLC0415 - most commands ask no registry

    return Patience(on_wait=_Lines())


def _waiting_line(waiting: Waiting) -> str:
    """One wait in a few words: ``registry HOST: retrying in 4 s: HTTP 503``."""
    seconds = f"{waiting.seconds:.1f}" if waiting.seconds < 10 else f"{waiting.seconds:.0f}"
    return f"registry {waiting.host}: retrying in {seconds} s: {plain(waiting.cause)}"


class _Lines:
    """Shows waits of several threads: of those for the same cause at the same time, the first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._until: dict[tuple[str, str], float] = {}

    def __call__(self, waiting: Waiting) -> None:
        cause, now = (waiting.host, waiting.cause), time.monotonic()
        with self._lock:
            if now < self._until.get(cause, now):
                return
            self._until[cause] = now + waiting.seconds
            # Not by click, which keeps the stream that was there before rich took its place.
            sys.stderr.write(f"{_waiting_line(waiting)}\n")
            sys.stderr.flush()
