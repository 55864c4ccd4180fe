"""The standard streams of a container, over the socket that the Engine hands over."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import IO

_CHUNK = 1 << 20


class SocketStreams:
    """Attached, over the socket that the Engine hands over."""

    def __init__(self, sock: socket.socket, stream: IO[bytes]) -> None:
        self._socket, self._stream = sock, stream

    def read(self) -> bytes:
        """See Attached. A connection that breaks is at its end: what became of the container, inspect tells."""
        try:
            return self._stream.read1(_CHUNK)  # type: ignore[attr-defined, no-any-return]
        except (OSError, ValueError):  # ValueError: closed by another thread
            return b""

    def write(self, data: bytes) -> None:
        """See Attached."""
        with suppress(OSError):
            self._socket.sendall(data)

    def close(self) -> None:
        """See Attached."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self._stream.close()
        with suppress(OSError):
            self._socket.close()
