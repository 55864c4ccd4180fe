"""Work on several items at once, but never on two that both have a part which is not done yet.

So what two of them share is done once, with the first of them. One that brings much begins before one that brings
little, so that few wait for what they share with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

AT_ONCE = 5
"""Images at once. More do not shorten a push; of each, an engine sends up to five layers side by side."""
A = TypeVar("A")


def apart(work: Callable[[A], bool], items: Mapping[A, Mapping[str, int]]) -> Iterator[A]:
    """The items that went well, as their work ends; after one that did not, none begins any more.

    items:  with their parts and how large each is; one whose parts are unknown, an empty mapping, is alone while it
            lasts
    raises: what ``work`` raises, the first that comes
    """
    return _Apart(work, items).ended()


class _Apart(Generic[A]):
    """Daemons: one that waits for a silent engine must not keep Ctrl-C waiting."""

    def __init__(self, work: Callable[[A], bool], items: Mapping[A, Mapping[str, int]]) -> None:
        self._work = work
        self._rest = {item: dict(parts) for item, parts in items.items()}
        self._unknown = {item for item, parts in items.items() if not parts}
        self._waiting = dict.fromkeys(items)
        self._running: set[A] = set()
        self._ended: SimpleQueue[tuple[A, bool | BaseException]] = SimpleQueue()

    def ended(self) -> Iterator[A]:
        self._begin()
        while self._running:
            item, told = self._ended.get()
            if isinstance(told, BaseException):
                raise told
            self._running.discard(item)
            self._is_done(self._rest.pop(item))
            if told:
                self._begin()
                yield item
            else:
                self._waiting.clear()

    def _is_done(self, parts: Iterable[str]) -> None:
        for rest in self._rest.values():
            for part in parts:
                rest.pop(part, None)

    def _begin(self) -> None:
        while len(self._running) < AT_ONCE:
            free = [item for item in self._waiting if self._is_free(item)]
            if not free:
                return
            item = max(free, key=lambda item: sum(self._rest[item].values()))
            del self._waiting[item]
            self._running.add(item)
            Thread(target=self._run, args=(item,), daemon=True).start()

    def _is_free(self, item: A) -> bool:
        if item in self._unknown or self._running & self._unknown:
            return not self._running
        rest = self._rest[item].keys()
        return all(rest.isdisjoint(self._rest[other]) for other in self._running)

    def _run(self, item: A) -> None:
        try:
            self._ended.put((item, self._work(item)))
        except BaseException as fault:  # noqa: BLE001 - raised again by whoever waits
            self._ended.put((item, fault))
