"""Bytes of one channel to lines. Pure, and bounded: no line, however long, is kept whole in memory."""

from __future__ import annotations

from collections.abc import Callable

MAX_PROTOCOL_LINE = 32 * 2**20
MAX_LOG_LINE = 64 * 2**10


class Lines:
    """Cuts bytes into lines of text. A line longer than ``longest`` bytes is given in pieces of that size."""

    def __init__(self, give: Callable[[str], None], longest: int) -> None:
        self._give, self._longest = give, longest
        self._parts = bytearray()

    def feed(self, data: bytes) -> None:
        """Take some bytes; give each line that they end."""
        *whole, rest = data.split(b"\n")
        for part in whole:
            self._add(part)
            self._flush()
        self._add(rest)

    def end(self) -> None:
        """No more bytes come: give what is left."""
        if self._parts:
            self._flush()

    def _add(self, part: bytes) -> None:
        self._parts += part
        while len(self._parts) > self._longest:
            piece = bytes(self._parts[: self._longest])
            del self._parts[: self._longest]
            self._text(piece)

    def _flush(self) -> None:
        piece = bytes(self._parts)
        self._parts.clear()
        self._text(piece.removesuffix(b"\r"))

    def _text(self, piece: bytes) -> None:
        self._give(piece.decode("utf-8", "replace"))
