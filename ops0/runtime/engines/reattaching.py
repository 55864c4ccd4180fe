"""The streams of a container that somebody else has started: Attached, for what can still be had of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import SimpleQueue

from ops0.core.errors import EngineError
from ops0.host.engine_frames import CHANNELS, Channel, frame
from ops0.runtime.engines.docker_api import Attached


class Followed:
    """The streams of a container under way: all that it has said, what it says until it ends, and its input.

    Attaching to one that has ended would wait for ever, and one may end at any moment; its log can always be followed.
    follow: one channel of its log;  connect: to its input
    """

    def __init__(
        self, follow: Callable[[Channel], Iterator[bytes]], connect: Callable[[], Attached]
    ) -> None:
        self._follow, self._connect = follow, connect
        self._input: Attached | None = None
        self._closed = False
        self._heard: SimpleQueue[bytes] = SimpleQueue()
        self._open = len(CHANNELS)
        for channel in CHANNELS.values():
            work = threading.Thread(
                target=self._read, args=(channel,), name="ops0 follow", daemon=True
            )
            work.start()

    def _read(self, channel: Channel) -> None:
        """Where it breaks off, the rest is fetched when the container has ended."""
        try:
            with suppress(EngineError):
                for data in self._follow(channel):
                    self._heard.put(frame(channel, data))
        finally:
            self._heard.put(b"")

    def read(self) -> bytes:
        """See Attached."""
        while self._open:
            data = self._heard.get()
            if data:
                return data
            self._open -= 1
        return b""

    def write(self, data: bytes) -> None:
        """Write to its input. No error where it has none any more."""
        with suppress(EngineError):
            self._input = self._connect()
            if not self._closed:
                self._input.write(data)
        if self._closed and self._input is not None:  # meanwhile, by whoever waits for its end
            self._input.close()

    def close(self) -> None:
        """Let go of its input, and of whoever reads."""
        self._closed = True
        for _ in CHANNELS:
            self._heard.put(b"")
        if self._input is not None:
            self._input.close()
