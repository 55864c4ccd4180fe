"""Answers and bodies too large for memory: images as tar archives, to and from the Docker Engine.

With ``http.client``: its 15 ms are nothing beside the seconds that an image takes. Short questions go through
``ops0.host.engine_socket``.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from ops0.host.engine_socket import API, Answer, EngineSocket, connection_faults, remote_connection
from ops0.host.plain_http import BadAnswer

SECONDS = 600.0
"""For each wait: an engine may pack or unpack a whole layer before it says the next byte."""
_LONGEST_MESSAGE = 1 << 20


class AnswerBody:
    """The body of an answer as it comes. What the connection raises comes out as an error for people."""

    def __init__(
        self, engine: EngineSocket, request: str, reply: http.client.HTTPResponse, seconds: float
    ) -> None:
        self._engine, self._request, self._reply = engine, request, reply
        self._seconds = seconds

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes, b"" at the end. Raises EngineTimeout, EngineUnreachable."""
        return self._told(lambda: self._reply.read(None if size < 0 else size))

    def line(self) -> bytes:
        """The next line, of up to a mebibyte; b"" at the end. Raises EngineTimeout, EngineUnreachable."""
        return self._told(lambda: self._reply.readline(_LONGEST_MESSAGE))

    def _told(self, read: Callable[[], bytes]) -> bytes:
        with connection_faults(self._engine.address, self._request, self._seconds):
            try:
                return read()
            except http.client.HTTPException as fault:
                raise BadAnswer(f"the answer breaks off: {type(fault).__name__}") from None


@contextmanager
def download(
    engine: EngineSocket, path: str, query: Sequence[tuple[str, str]] = ()
) -> Iterator[AnswerBody]:
    """The body of ``GET path`` as a stream.

    path:   starts with a slash, has no version;  query: a name may come several times
    raises: as EngineSocket.call, also while the body is read
    """
    connection = _connection(engine)
    try:
        yield _answer(engine, connection, "GET", f"{path}?{urlencode(query)}", None)
    finally:
        connection.close()


def upload(
    engine: EngineSocket,
    path: str,
    chunks: Iterable[bytes],
    *,
    headers: Mapping[str, str] | None = None,
) -> tuple[Any, ...]:
    """``POST path`` with a tar that is never whole in memory. Gives the JSON values that the engine answers.

    raises: as EngineSocket.call, and what ``chunks`` raises
    """
    connection = _connection(engine)
    try:
        body = _answer(engine, connection, "POST", path, chunks, headers)
        return tuple(_values(body.read().decode("utf-8", "replace")))
    finally:
        connection.close()


def answers(
    engine: EngineSocket, path: str, *, headers: Mapping[str, str], seconds: float
) -> Iterator[Any]:
    """The JSON values that the engine answers to ``POST path`` without a body, a line each, as they come.

    seconds: the longest silence
    raises:  as EngineSocket.call, also while they come
    """
    connection = _connection(engine, seconds)
    try:
        body = _answer(engine, connection, "POST", path, (), headers)
        while line := body.line():
            yield from _values(line.decode("utf-8", "replace"))
    finally:
        connection.close()


def _answer(
    engine: EngineSocket,
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    chunks: Iterable[bytes] | None,
    more: Mapping[str, str] | None = None,
) -> AnswerBody:
    request = f"{method} {path.partition('?')[0]}"
    seconds = float(connection.timeout or SECONDS)
    with connection_faults(engine.address, request, seconds):
        try:
            headers = {} if chunks is None else {"Content-Type": "application/x-tar"}
            headers.update(more or {})
            reply = _replied(connection, method, f"/v{API}{path}", chunks, headers)
        except http.client.HTTPException as fault:
            raise BadAnswer(str(fault) or type(fault).__name__) from None
    body = AnswerBody(engine, request, reply, seconds)
    if reply.status >= 300:
        told = Answer(status=reply.status, body=body.read(_LONGEST_MESSAGE))
        reply.close()  # one that ends with its connection outlives that
        raise engine.fault(request, told)
    return body


def _replied(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    chunks: Iterable[bytes] | None,
    headers: Mapping[str, str],
) -> http.client.HTTPResponse:
    """Send a request and give its reply. An engine that refuses may reply, and hang up, before it has read all."""
    unsent: BrokenPipeError | None = None
    try:
        connection.request(method, path, chunks, headers)  # without a length it is sent in chunks
    except BrokenPipeError as fault:
        unsent = fault
    try:
        return connection.getresponse()
    except (OSError, http.client.HTTPException):
        if unsent is not None:
            raise unsent from None
        raise


def _values(text: str) -> Iterator[Any]:
    """The JSON values of a text, one after the other; ends at what is none."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            return
        yield value


class _HereConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("docker", timeout=seconds)
        self._path, self._seconds = path, seconds

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self._seconds)
        self.sock.connect(self._path)


def _connection(engine: EngineSocket, seconds: float = SECONDS) -> http.client.HTTPConnection:
    address = engine.address
    if address.socket is None:
        return remote_connection(address, seconds)
    return _HereConnection(address.socket, seconds)
