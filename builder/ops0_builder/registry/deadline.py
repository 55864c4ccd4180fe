"""An answer has to come to its end in time: a socket's own timeout is for each piece, however small and many they are.

urllib3 has no limit for a whole answer, so the connection is cut off from beside it.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from contextvars import ContextVar, Token

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse


class Deadline:
    """For a block in which one request is sent: the connection is cut off ``seconds`` after the last of it was.

    ``passed``: it was cut off; what came is not the whole answer, also where it looks so.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds, self.passed = seconds, False
        self._timer: threading.Timer | None = None
        self._token: Token[Deadline | None] | None = None

    def begin(self, sock: socket.socket) -> None:
        """The answer to what was sent is awaited now."""
        self._timer = threading.Timer(self.seconds, self._cut_off, (sock,))
        self._timer.daemon = True
        self._timer.start()

    def __enter__(self) -> None:
        self._token = _CURRENT.set(self)

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _CURRENT.reset(self._token)
        if self._timer is not None:
            self._timer.cancel()

    def _cut_off(self, sock: socket.socket) -> None:
        self.passed = True
        with suppress(OSError):
            # Not a TLS socket's own method, which would take its state from under the thread that reads.
            socket.socket.shutdown(getattr(sock, "socket", sock), socket.SHUT_RDWR)


_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def _begin(connection: HTTPConnection) -> None:
    deadline, sock = _CURRENT.get(), connection.sock
    if deadline is not None and sock is not None:
        deadline.begin(sock)


class _Plain(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself
        _begin(self)
        return super().getresponse()


class _Tls(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself
        _begin(self)
        return super().getresponse()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


POOLS = {"http": _PlainPool, "https": _TlsPool}
"""What a pool manager makes its connections by, so that a Deadline is kept."""
