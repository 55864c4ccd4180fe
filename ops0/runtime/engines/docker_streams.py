"""The standard streams of a container, over the socket that the Engine hands over."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

_CHUNK = 1 << 20
_KEPT_ALIVE = {socket.TCP_KEEPIDLE: 30, socket.TCP_KEEPINTVL: 10, socket.TCP_KEEPCNT: 6}
"""Seconds of silence before the other end is probed, seconds between probes, and how many may stay unanswered."""


class SocketStreams:
    """Attached, over the socket that the Engine hands over."""

    def __init__(self, sock: socket.socket, owner: Any) -> None:
        self._socket = sock
        self._owner = owner  # the response that must live as long as its socket
        sock.settimeout(None)
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            _keep_alive(sock)

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


def _keep_alive(sock: socket.socket) -> None:
    """A step may be silent for hours, and a network that is gone meanwhile would be waited for, for ever."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _KEPT_ALIVE.items():
        sock.setsockopt(socket.IPPROTO_TCP, option, value)
