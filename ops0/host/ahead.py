"""Questions that wait for somebody else, asked side by side and ahead of time. Each is asked once.

Threads are daemons, so that a program may end while an answer is under way; the standard executors wait for it, and
load ``logging`` for every start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class _Slot(Generic[Answer]):
    """Where one answer will be: a list of one, else the error that came instead."""

    __slots__ = ("answer", "done", "error")

    def __init__(self) -> None:
        self.done = Event()
        self.answer: list[Answer] = []
        self.error: BaseException | None = None


class Answers(Generic[Answer]):
    """What was asked, by question. An error is kept for whoever wants the answer.

    ask:     called in threads, several at a time
    threads: how many at most
    """

    def __init__(self, ask: Callable[[str], Answer], threads: int) -> None:
        self._ask = ask
        self._most = threads
        self._slots: dict[str, _Slot[Answer]] = {}
        self._waiting: SimpleQueue[tuple[str, _Slot[Answer]]] = SimpleQueue()
        self._running = 0
        self._lock = Lock()

    def want(self, questions: Iterable[str]) -> None:
        """Start asking what has not been asked, and return at once."""
        for question in questions:
            if question not in self._slots:
                slot = self._slots[question] = _Slot[Answer]()
                self._waiting.put((question, slot))
                self._help()

    def get(self, question: str) -> Answer:
        """The answer, when it is there. Raises what ``ask`` raised."""
        self.want((question,))
        slot = self._slots[question]
        slot.done.wait()
        if slot.error is not None:
            raise slot.error
        return slot.answer[0]

    def forget(self, question: str) -> None:
        """Ask again when it is wanted next."""
        self._slots.pop(question, None)

    def _help(self) -> None:
        with self._lock:
            if self._running >= self._most:
                return
            self._running += 1
        Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            # A question comes either before this look or after, when a new thread is started.
            with self._lock:
                try:
                    question, slot = self._waiting.get_nowait()
                except Empty:
                    self._running -= 1
                    return
            try:
                slot.answer.append(self._ask(question))
            except BaseException as error:  # noqa: BLE001 - told to whoever waits, in their own thread
                slot.error = error
            slot.done.set()
