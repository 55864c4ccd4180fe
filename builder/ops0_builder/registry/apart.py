"""Work on several items at once, but never on two that both have a part which is not done yet.

So what two of them share is done once, with the first of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

AT_ONCE = 3
"""An engine sends up to five layers of each image side by side; more at once do not shorten it."""
A = TypeVar("A")


def apart(work: Callable[[A], bool], items: Mapping[A, frozenset[str]]) -> Iterator[A]:
    """The items that went well, as their work ends; after one that did not, none begins any more.

    items:  with their parts, in the order in which they should begin; one whose parts are unknown, an empty set, is
            alone while it lasts
    raises: what ``work`` raises, the first that comes
    """
    return _Apart(work, items).ended()


class _Apart(Generic[A]):
    """Daemons: one that waits for a silent engine must not keep Ctrl-C waiting."""

    def __init__(self, work: Callable[[A], bool], items: Mapping[A, frozenset[str]]) -> None:
        self._work = work
        self._waiting = dict(items)
        self._running: dict[A, frozenset[str]] = {}
        self._done: set[str] = set()
        self._ended: SimpleQueue[tuple[A, bool | BaseException]] = SimpleQueue()

    def ended(self) -> Iterator[A]:
        self._begin()
        while self._running:
            item, told = self._ended.get()
            if isinstance(told, BaseException):
                raise told
            self._done |= self._running.pop(item)
            if told:
                self._begin()
                yield item
            else:
                self._waiting.clear()

    def _begin(self) -> None:
        for item, parts in tuple(self._waiting.items()):
            if len(self._running) >= AT_ONCE:
                return
            if self._is_free(parts):
                self._running[item] = self._waiting.pop(item)
                Thread(target=self._run, args=(item,), daemon=True).start()

    def _is_free(self, parts: frozenset[str]) -> bool:
        if not parts or not all(self._running.values()):
            return not self._running
        return all((parts & others) <= self._done for others in self._running.values())

    def _run(self, item: A) -> None:
        try:
            self._ended.put((item, self._work(item)))
        except BaseException as fault:  # noqa: BLE001 - raised again by whoever waits
            self._ended.put((item, fault))
