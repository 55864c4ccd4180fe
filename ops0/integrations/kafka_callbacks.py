"""What confluent-kafka calls back while it is asked for something: its log, and whatever Ctrl-C strikes meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

QUIET = logging.getLogger("ops0.kafka")
"""Where librdkafka's own lines go: what matters of them comes as an error too."""
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


@contextmanager
def interruptible() -> Iterator[None]:
    """Around what may call back. confluent-kafka loses what is raised in a callback, and raises SystemError then.

    ops0's callbacks raise nothing, so it was Ctrl-C that came while one ran.

    raises: KeyboardInterrupt
    """
    try:
        yield
    except SystemError as fault:
        raise KeyboardInterrupt from fault


def aside(ask: Callable[[], T]) -> T:
    """What ``ask`` gives, which waits for a broker: on a thread of its own, so that Ctrl-C ends the waiting at once.

    librdkafka itself looks at no signal before the broker has answered, or its time is over. The thread that nobody
    waits for any more ends with it, or with the process.

    raises: KeyboardInterrupt; what ``ask`` raises
    """
    answer: Future[T] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except BaseException as fault:  # noqa: BLE001 - it is raised where it was asked for
            answer.set_exception(fault)

    threading.Thread(target=work, name="ops0 kafka", daemon=True).start()
    return answer.result()
