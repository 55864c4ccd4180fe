"""The standard streams of a container, over the socket that the Engine hands over."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

_CHUNK = 1 << 20


class SocketStreams:
    """Attached, over the socket that the Engine hands over."""

    def __init__(self, sock: socket.socket, owner: Any) -> None:
        self._socket = sock
        self._owner = owner  # the response that must live as long as its socket
        sock.settimeout(None)

    def read(self) -> bytes:
        """See Attached. A connection that breaks is at its end: what became of the container, inspect tells."""
        try:
            return self._socket.recv(_CHUNK)
        except OSError:
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
            self._owner.close()
        with suppress(OSError):
            self._socket.close()
