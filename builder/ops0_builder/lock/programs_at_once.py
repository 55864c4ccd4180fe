"""Several programs at once, all of them ended when one of them fails or Ctrl-C is pressed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def programs_at_once(
    work: Callable[[Item, Event], Result], items: Iterable[Item], at_once: int
) -> list[Result]:
    """The results in the order of the items.

    work:   gets an item and an event; it gives up when that is set
    raises: what the first failing ``work`` raised, after the others have ended
    """
    stop = Event()
    with ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(work, item, stop) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            # Also KeyboardInterrupt: the pool waits for its threads, and they for their programs.
            stop.set()
            for future in futures:
                future.cancel()
            raise
