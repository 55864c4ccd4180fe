"""The streams of a container that somebody else has started: Attached, for what can still be had of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ops0.core.errors import EngineError
from ops0.runtime.engines.docker_api import Attached


class Afterwards:
    """The streams of a container under way: all that it says, once it has ended, and its input.

    Attaching to one that has ended would wait for ever, and one may end at any moment; its log can always be had.
    said: waits for its end;  connect: to its input
    """

    def __init__(self, said: Callable[[], bytes], connect: Callable[[], Attached]) -> None:
        self._said, self._connect = said, connect
        self._told = False
        self._input: Attached | None = None

    def read(self) -> bytes:
        """All of it, once."""
        if self._told:
            return b""
        self._told = True
        return self._said()

    def write(self, data: bytes) -> None:
        """Write to its input. No error where it has none any more."""
        with suppress(EngineError):
            self._input = self._connect()
            self._input.write(data)

    def close(self) -> None:
        """Let go of its input."""
        if self._input is not None:
            self._input.close()
