"""Two channels in one stream of bytes, as the Engine sends what a container says. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Literal

__all__ = ["CHANNELS", "Channel", "Frames", "frame"]

Channel = Literal["out", "err"]

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
