"""The same work for many items on a few threads: none starts more once one has failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from queue import SimpleQueue
from threading import Event, Thread
from typing import Generic, TypeVar

from ops0_builder.registry.patience import Stopped

AT_ONCE = 4
AHEAD = 2 * AT_ONCE
"""Items that are taken before the work on the first of them is done: what they stand for may take room."""
_GRACE = 0.3
"""Seconds that a thread gets to end by itself after a fault."""
A = TypeVar("A")
B = TypeVar("B")


def side_by_side(work: Callable[[A], B], items: Iterable[A], stop: Event) -> Mapping[A, B]:
    """``work`` for each item on a few threads, in the items' order. The first fault, or Ctrl-C, stops the others.

    items:  each is done once; where they come slowly, the work on the first begins at once, and where the work is
            slower than they come, at most AHEAD of them are taken in advance
    raises: what ``work`` or ``items`` raises, the first that comes
    """
    threads = _Threads(work, stop)
    try:
        return threads.results(items)
    except BaseException:
        stop.set()
        raise
    finally:
        threads.end()


class _Threads(Generic[A, B]):
    """Daemons: one that waits for a silent registry must not keep Ctrl-C waiting."""

    def __init__(self, work: Callable[[A], B], stop: Event) -> None:
        self._work, self._stop = work, stop
        self._ahead: SimpleQueue[tuple[A] | None] = SimpleQueue()
        self._told: SimpleQueue[tuple[A, B] | BaseException] = SimpleQueue()
        self._threads: list[Thread] = []

    def results(self, items: Iterable[A]) -> Mapping[A, B]:
        order: dict[A, None] = {}
        found: dict[A, B] = {}
        try:
            for item in items:
                if item in order:
                    continue
                while len(order) - len(found) >= AHEAD or not self._told.empty():
                    found.update([self._next()])
                order[item] = None
                self._put(item)
        except Stopped:  # of the items, because a thread has failed meanwhile
            found.update(self._waiting())
            raise
        while len(found) < len(order):
            found.update([self._next()])
        return {item: found[item] for item in order}

    def end(self) -> None:
        for _ in self._threads:
            self._ahead.put(None)
        for thread in self._threads:
            thread.join(_GRACE)

    def _put(self, item: A) -> None:
        self._ahead.put((item,))
        if len(self._threads) < AT_ONCE:
            thread = Thread(target=self._run, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self) -> None:
        while (given := self._ahead.get()) is not None:
            self._do(given[0])

    def _do(self, item: A) -> None:
        try:
            if self._stop.is_set():
                raise Stopped  # noqa: TRY301 - told as any other end
            self._told.put((item, self._work(item)))
        except BaseException as fault:  # noqa: BLE001 - raised again by whoever waits
            self._told.put(fault)
            self._stop.set()  # after it is told: what others say then comes later

    def _waiting(self) -> Iterator[tuple[A, B]]:
        while not self._told.empty():
            yield self._next()

    def _next(self) -> tuple[A, B]:
        told = self._told.get()
        if isinstance(told, BaseException):
            raise told
        return told
