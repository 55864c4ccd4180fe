"""The streams of a container that somebody else has started: Attached, for what can still be had of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ops0.core.errors import EngineError
from ops0.runtime.docker_api import Attached


class Said:
    """The streams of a container that has ended: what it had said, and nothing more."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self) -> bytes:
        """All of it, once."""
        data, self._data = self._data, b""
        return data

    def write(self, data: bytes) -> None:
        """Nobody reads it."""

    def close(self) -> None:
        """Nothing is open."""


class TwoWays:
    """The output of a container, and its input by a connection of its own, made when something is to be written."""

    def __init__(self, output: Attached, connect: Callable[[], Attached]) -> None:
        self._output, self._connect = output, connect
        self._input: Attached | None = None

    def read(self) -> bytes:
        """Some bytes of its output."""
        return self._output.read()

    def write(self, data: bytes) -> None:
        """Write to its input. No error where it has none any more."""
        with suppress(EngineError):
            self._input = self._connect()
            self._input.write(data)

    def close(self) -> None:
        """Let go of both."""
        self._output.close()
        if self._input is not None:
            self._input.close()
