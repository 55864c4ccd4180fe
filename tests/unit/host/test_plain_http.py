"""Requests and answers of HTTP, over a pair of sockets: no server, no file."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.host.plain_http import BadAnswer, exchange

OK = b"HTTP/1.1 200 OK\r\n"


def answered(
    raw: bytes, method: str = "GET", body: bytes | None = None
) -> tuple[int, bytes, bytes]:
    """Status, body and what was sent, where the other side says ``raw`` and hangs up."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(30)
        ours.settimeout(30)
        theirs.sendall(raw)
        theirs.shutdown(socket.SHUT_WR)
        status, _, data = exchange(ours, method, "/v1/x?y=1", body)
        ours.shutdown(socket.SHUT_WR)
        return status, data, b"".join(_received(theirs))


def _received(connection: socket.socket) -> Iterator[bytes]:
    while data := connection.recv(65_536):
        yield data


def test_what_is_sent() -> None:
    *_, sent = answered(OK + b"Content-Length: 0\r\n\r\n")
    assert sent == b"GET /v1/x?y=1 HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"
    *_, sent = answered(OK + b"Content-Length: 0\r\n\r\n", "POST", b"{}")
    head, _, body = sent.partition(b"\r\n\r\n")
    assert b"Content-Type: application/json\r\nContent-Length: 2" in head
    assert body == b"{}"
    *_, sent = answered(OK + b"Content-Length: 0\r\n\r\n", "POST")
    assert b"\r\nContent-Length: 0\r\n" in sent


@pytest.mark.parametrize(
    ("raw", "status", "body"),
    [
        (OK + b"Content-Length: 3\r\n\r\nabc", 200, b"abc"),
        (OK + b"content-length:3\r\n\r\nabcmore", 200, b"abc"),
        (OK + b"\r\nto the end", 200, b"to the end"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}", 404, b"{}"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n1", 201, b"1"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nT: 1\r\n\r\n", 200, b"abcd"),
        (b"HTTP/1.0 200\n\nbare", 200, b"bare"),
    ],
)  # fmt: skip
def test_whole_answers(raw: bytes, status: int, body: bytes) -> None:
    assert answered(raw)[:2] == (status, body)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        OK + b"Content-Length: 4\r\n\r\nabc",
        OK + b"Content-Length: -1\r\n\r\nabc",
        OK + b"Content-Length: many\r\n\r\nabc",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        OK + b"X: 1\r\n" * 201 + b"\r\n",
        OK + b"X: " + b"1" * 70_000 + b"\r\n\r\n",
    ],
)
def test_half_and_foreign_answers_are_refused(raw: bytes) -> None:
    with pytest.raises(BadAnswer):
        answered(raw)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_refused(raw: bytes) -> None:
    try:
        status, _, _ = answered(raw)
    except BadAnswer:
        return
    assert 0 <= status <= 999


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=5))
def test_chunks_are_joined(chunks: list[bytes]) -> None:
    coded = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in chunks)
    raw = OK + b"Transfer-Encoding: chunked\r\n\r\n" + coded + b"0\r\n\r\n"
    assert answered(raw)[:2] == (200, b"".join(chunks))


def test_who_answers_is_told() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(OK + b"SERVER: Docker/28.5 (linux)\r\nContent-Length: 1\r\n\r\nx")
        assert exchange(ours, "GET", "/", None) == (200, "Docker/28.5 (linux)", b"x")
