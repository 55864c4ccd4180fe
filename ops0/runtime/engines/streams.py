"""Bytes from an attached container to lines. Pure, and bounded: no line, however long, is kept whole in memory."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Literal

Channel = Literal["out", "err"]

MAX_PROTOCOL_LINE = 32 * 2**20
MAX_LOG_LINE = 64 * 2**10
_HEADER = 8
CHANNELS: dict[int, Channel] = {1: "out", 2: "err"}
_NUMBERS = {channel: number for number, channel in CHANNELS.items()}


def frame(channel: Channel, data: bytes) -> bytes:
    """What Frames takes apart: one frame, or none where there is no data."""
    return struct.pack(">BxxxL", _NUMBERS[channel], len(data)) + data if data else b""


class Frames:
    """Takes the Engine's multiplexed stream apart: 8 bytes of header (channel, 0, 0, 0, size as 4 bytes), then data.

    source: Engine API, POST /containers/{id}/attach, "Stream format"
    """

    def __init__(self) -> None:
        self._header = bytearray()
        self._channel: Channel | None = None
        self._left = 0

    def feed(self, data: bytes) -> Iterator[tuple[Channel, bytes]]:
        """Give what is in ``data`` for each channel, in order. Other channels are dropped."""
        view = memoryview(data)
        while view:
            if self._left == 0:
                need = _HEADER - len(self._header)
                self._header += view[:need]
                view = view[need:]
                if len(self._header) < _HEADER:
                    return
                self._channel = CHANNELS.get(self._header[0])
                self._left = int.from_bytes(self._header[4:], "big")
                self._header.clear()
                continue
            part, view = bytes(view[: self._left]), view[self._left :]
            self._left -= len(part)
            if self._channel is not None:
                yield self._channel, part


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
