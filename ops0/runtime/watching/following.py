"""What a run prints, followed while it runs: from its folder alone, so by any process of the machine.

A run writes one log for each attempt and one event log. Both only grow, so following them is reading on from where
one stopped. Looking ten times a second costs one ``stat`` a log, works on every file system and needs no library.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ops0.core.pipeline import CallId
from ops0.runtime.events import Event, decode_event
from ops0.runtime.monitoring import RunView, still_runs
from ops0.runtime.runs import RunFolder, find_logs
from ops0.runtime.watching.failures import failure_lines

PAUSE = 0.1
"""Seconds between two looks."""

_PIECE = 1 << 20
_LOST_AFTER = 10
"""Looks between two questions whether the process that runs it is still there."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line that an attempt printed, or of how it failed, without its newline."""

    call: CallId
    attempt: int
    text: str


class GrowingFile:
    """The whole lines that were added to a file since the last look. It need not be there yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._at = 0
        self._rest = b""

    def lines(self) -> Iterator[bytes]:
        """Each new line without its newline; one that is still being written waits for the next look.

        A look ends where the file ended when it began: a log that never pauses does not keep others waiting.
        """
        end = self._size()
        while self._at < end:
            with self.path.open("rb") as file:
                file.seek(self._at)
                data = file.read(min(_PIECE, end - self._at))
            if not data:
                return  # somebody has cut it
            self._at += len(data)
            *whole, self._rest = (self._rest + data).split(b"\n")
            yield from whole

    def rest(self) -> bytes:
        """What stands behind the last newline, of a file that does not grow any more."""
        rest, self._rest = self._rest, b""
        return rest

    def _size(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0


class Follower:
    """Follows one run.

    calls: of these only; None: of all
    view:  what is known of the run so far;  killed: whoever ran it is gone, and it never ended
    """

    def __init__(self, folder: RunFolder, calls: Collection[CallId] | None = None) -> None:
        self.view = RunView()
        self.killed = False
        self._folder, self._calls = folder, calls
        self._events = GrowingFile(folder.events)
        self._logs: dict[tuple[CallId, int], GrowingFile] = {}
        self._failed: list[Event] = []

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.killed or self.view.state is not None

    def lines(self, pause: Callable[[float], None] = time.sleep) -> Iterator[LogLine]:
        """All that was printed, then each line as it is printed, until the run has ended.

        Below what an attempt printed stands how it failed.

        raises: RunLogFault
        """
        looks = 0
        while not self.over:
            if looks % _LOST_AFTER == _LOST_AFTER - 1:
                self.killed = not still_runs(self._folder)
            self._read_events()  # before the logs: what an ended run has printed is in them
            yield from self._read_logs()
            yield from self._tell_failures()
            looks += 1
            if not self.over:
                pause(PAUSE)
        for (call, attempt), log in self._logs.items():
            if rest := log.rest():
                yield LogLine(call, attempt, rest.decode("utf-8", "replace"))

    def _read_events(self) -> None:
        for line in self._events.lines():
            event = decode_event(line, self._folder.events.name)
            self.view.take(event)
            if event.kind == "attempt.failed":
                self._failed.append(event)

    def _tell_failures(self) -> Iterator[LogLine]:
        """What an attempt that has failed printed is in its log, and was read, before this is called."""
        failed, self._failed = self._failed, []
        for event in failed:
            call, attempt = event.call, event.attempt
            if call is None or attempt is None or not (self._calls is None or call in self._calls):
                continue
            if (call, attempt) in self._logs and (rest := self._logs[call, attempt].rest()):
                yield LogLine(call, attempt, rest.decode("utf-8", "replace"))
            for text in failure_lines(event):
                yield LogLine(call, attempt, text)

    def _read_logs(self) -> Iterator[LogLine]:
        for call, attempt, path in find_logs(self._folder):
            if self._calls is None or call in self._calls:
                self._logs.setdefault((call, attempt), GrowingFile(path))
        for (call, attempt), log in self._logs.items():
            with suppress(FileNotFoundError):
                for line in log.lines():
                    yield LogLine(call, attempt, line.decode("utf-8", "replace"))
