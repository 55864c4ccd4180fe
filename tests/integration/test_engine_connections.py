"""Connections to an engine that become a container's streams, or are used again: against servers made here."""

from __future__ import annotations

import io
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops0.host.engine_address import parse_address
from ops0.host.engine_elsewhere import KeptConnections
from ops0.host.engine_errors import EngineRefused, EngineUnreachable
from ops0.host.engine_socket import EngineSocket
from ops0.runtime.engines.docker_engine import DockerEngine
from ops0.runtime.engines.streams import Frames

Talk = Callable[[socketserver.StreamRequestHandler, int], None]
"""What one connection says. The number: how many were there before."""


class _Local(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class _Remote(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def served(talk: Talk, path: Path | None) -> Iterator[tuple[str, list[int]]]:
    """A server's address, and a list with an entry for each connection. ``path``: of its socket; None: on loopback."""
    seen: list[int] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            seen.append(len(seen))
            talk(self, seen[-1])

    server = _Remote(("127.0.0.1", 0), Handler) if path is None else _Local(str(path), Handler)
    with server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        where = server.server_address
        yield (f"unix://{path}" if path is not None else f"tcp://127.0.0.1:{where[1]}"), seen
        server.shutdown()


def head_of(handler: socketserver.StreamRequestHandler) -> list[bytes]:
    """The lines of one request's head; none where the other side has hung up."""
    return list(iter(handler.rfile.readline, b"\r\n")) if handler.rfile.peek(1) else []


def engine_at(address: str) -> DockerEngine:
    return DockerEngine(parse_address(address, "test"))


@pytest.mark.parametrize("local", [True, False])
def test_what_follows_an_answer_at_once_is_the_containers(tmp_path: Path, local: bool) -> None:
    """A container may speak before its client has read the head of the answer."""

    def talk(handler: socketserver.StreamRequestHandler, _number: int) -> None:
        head = head_of(handler)
        assert head[0].startswith(b"POST /v1.44/containers/c/attach?stdin=1&stdout=1")
        assert b"Upgrade: tcp\r\n" in head
        handler.wfile.write(b"HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nfirst words")
        handler.wfile.write(handler.rfile.readline())

    with served(talk, tmp_path / "s" if local else None) as (address, _):
        streams = engine_at(address).attach("c")
        told = streams.read()
        streams.write(b"go\n")
        while data := streams.read():
            told += data
        streams.close()
    assert told == b"first wordsgo\n"


def test_a_refused_attachment_says_why(tmp_path: Path) -> None:
    def talk(handler: socketserver.StreamRequestHandler, _number: int) -> None:
        head_of(handler)
        body = b'{"message": "no such container: c"}'
        head = f"HTTP/1.1 404 Not Found\r\nContent-Length: {len(body)}\r\n\r\n"
        handler.wfile.write(head.encode() + body)
        handler.rfile.readline()  # the engine does not hang up

    with (
        served(talk, tmp_path / "s") as (address, _),
        pytest.raises(EngineRefused, match=r"attach c: .*no such container") as caught,
    ):
        engine_at(address).attach("c")
    assert caught.value.status == 404


def test_an_attachment_that_breaks_off_before_its_answer_is_no_attachment(tmp_path: Path) -> None:
    def talk(handler: socketserver.StreamRequestHandler, _number: int) -> None:
        head_of(handler)
        handler.wfile.write(b"HTTP/1.1 101 UPGR")

    with (
        served(talk, tmp_path / "s") as (address, _),
        pytest.raises(EngineUnreachable, match="breaks off"),
    ):
        EngineSocket(parse_address(address, "test")).upgraded(
            "/containers/c/attach", query={}, request="attach c"
        )


def answer(handler: socketserver.StreamRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def test_one_connection_to_an_engine_elsewhere_serves_many_requests() -> None:
    def talk(handler: socketserver.StreamRequestHandler, _number: int) -> None:
        while head_of(handler):
            answer(handler)

    with served(talk, None) as (address, seen):
        engine = EngineSocket(parse_address(address, "test"), KeptConnections())
        for _ in range(5):
            assert engine.call("GET", "/x").json() == {}
    assert seen == [0]


def test_a_connection_that_was_closed_meanwhile_is_not_used_again() -> None:
    closed = threading.Event()

    def talk(handler: socketserver.StreamRequestHandler, number: int) -> None:
        head_of(handler)
        answer(handler)
        if number == 0:
            handler.connection.shutdown(2)
            closed.set()

    with served(talk, None) as (address, seen):
        engine = EngineSocket(parse_address(address, "test"), KeptConnections())
        engine.call("GET", "/x")
        assert closed.wait(30)
        assert engine.call("GET", "/x").json() == {}
    assert seen == [0, 1]


def test_what_was_said_in_pieces_is_told_in_one(tmp_path: Path) -> None:
    """Whoever asks has heard a part of it already, and goes on behind that."""

    def talk(handler: socketserver.StreamRequestHandler, _number: int) -> None:
        err = b"logs?stderr=1 " in head_of(handler)[0]
        pieces = (b"load", b"ing\n") if err else (b'{"v":', b"1}\n")
        body = b"".join(bytes([1 + err, 0, 0, 0, 0, 0, 0, len(one)]) + one for one in pieces)
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    with served(talk, tmp_path / "s") as (address, _):
        told = list(Frames().feed(engine_at(address).said("c")))
    assert told == [("err", b"loading\n"), ("out", b'{"v":1}\n')]


def test_files_are_sent_and_a_log_is_followed_as_it_comes(tmp_path: Path) -> None:
    sent: list[bytes] = []
    read = threading.Event()

    def talk(handler: socketserver.StreamRequestHandler, _number: int) -> None:
        head = head_of(handler)
        if head[0].startswith(b"PUT /v1.44/containers/c/archive?path=%2Fx "):
            while size := int(handler.rfile.readline(), 16):
                sent.append(handler.rfile.read(size + 2)[:-2])
            handler.rfile.readline()
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return
        assert head[0].startswith(b"GET /v1.44/containers/c/logs?stderr=1&follow=1 ")
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for text in (b"one\n", b"two\n"):
            frame = b"\2\0\0\0" + len(text).to_bytes(4, "big") + text
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(frame), frame))
            handler.wfile.flush()
            assert read.wait(30)  # the second comes only after the first has arrived
        handler.wfile.write(b"0\r\n\r\n")

    with served(talk, tmp_path / "s") as (address, _):
        engine = engine_at(address)
        engine.put("c", "/x", io.BytesIO(b"a tar"))
        told = []
        for part in engine.follow("c", "err"):
            told.append(part)
            read.set()
    assert b"".join(sent) == b"a tar"
    assert b"".join(told) == b"one\ntwo\n"
