"""Removing many things side by side: the engine's store is then cleaned once for many of them, not once for each.

containerd collects garbage before it says that a container is removed, over all that it stores, and one collection
serves all who wait for it. Measured with 476 images: ten containers one after the other took 2.0 s and 3.8 s of
processor time, ten at once 0.4 s and 0.7 s.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ops0.core.errors import EngineError

ABREAST = 16
"""Removals that are asked for at a time."""
T = TypeVar("T")


def remove_each(remove: Callable[[T], None], things: Iterable[T]) -> None:
    """Call ``remove`` for each, side by side: a fault keeps no other from going. Raises the first at the end."""
    given = list(things)
    if len(given) < 2:  # no threads for what may be all of a small run
        for one in given:
            remove(one)
        return
    with ThreadPoolExecutor(min(ABREAST, len(given)), "ops0 remove") as pool:
        for done in [pool.submit(remove, one) for one in given]:
            done.result()


class Remains:
    """Containers that have ended: removed many at once, behind the run, or as soon as there is time.

    Nothing depends on it: what is still there at the end of the run is found by its label.
    """

    def __init__(self, remove: Callable[[str], None]) -> None:
        self._remove = remove
        self._names: list[str] = []
        self._threads: list[threading.Thread] = []
        self._guard = threading.Lock()

    def add(self, name: str) -> None:
        """One more has ended. May be called from any thread; does not wait for the engine."""
        with self._guard:
            self._names.append(name)
            if len(self._names) >= ABREAST:
                self._begin()

    def tidy(self) -> None:
        """Now is a good time. Does not wait for the engine, and asks it for one batch at a time."""
        with self._guard:
            self._threads = [one for one in self._threads if one.is_alive()]
            if self._names and not self._threads:
                self._begin()

    def settle(self, seconds: float) -> None:
        """Wait for what is being removed, but no longer."""
        until = time.monotonic() + seconds
        with self._guard:
            under_way = list(self._threads)
        for one in under_way:
            one.join(max(0.0, until - time.monotonic()))

    def _begin(self) -> None:
        full, self._names = self._names, []
        work = threading.Thread(target=self._clear, args=(full,), name="ops0 remains", daemon=True)
        self._threads.append(work)
        work.start()

    def _clear(self, names: list[str]) -> None:
        remove_each(self._try, names)

    def _try(self, name: str) -> None:
        try:
            self._remove(name)
        except EngineError:
            return  # an engine that is away or refuses: the run's end asks again, and tells
