"""How the Docker SDK reaches an engine's socket: against a server made here, with no engine."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from ops0.host.engine_address import EngineAddress
from ops0.runtime.engines.docker_engine import SdkEngine

GONE = b'{"message": "no such container"}'


class Server(socketserver.ThreadingUnixStreamServer):
    """Knows no container, and counts connections. ``most``: requests that one serves before it is closed.

    closed: to be waited for, once for each connection that this end has closed
    """

    daemon_threads = True

    def __init__(self, path: str, most: int) -> None:
        self.connections, self.most = 0, most
        self.closed = threading.Semaphore(0)
        super().__init__(path, Handler)

    def close_request(self, request: Any) -> None:
        super().close_request(request)
        self.closed.release()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        self.server.connections += 1
        self.served = 0
        super().setup()

    def do_GET(self) -> None:
        self.served += 1
        self.send_response(404)
        self.send_header("Content-Length", str(len(GONE)))
        self.end_headers()
        self.wfile.write(GONE)
        # Without a word, as an engine that ends.
        self.close_connection = self.served >= self.server.most

    def log_message(self, *args: object) -> None: ...

    def address_string(self) -> str:
        return "unix"


@contextmanager
def served(path: Path, *, most: int = 1000) -> Iterator[tuple[SdkEngine, Server]]:
    with Server(str(path), most) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield SdkEngine(EngineAddress(text=f"unix://{path}", socket=str(path))), server
        finally:
            server.shutdown()
            thread.join()


def test_what_is_asked_of_many_containers_goes_over_one_connection(tmp_path: Path) -> None:
    with served(tmp_path / "engine.sock") as (engine, server):
        assert [engine.state(f"step-{number}") for number in range(30)] == [None] * 30
        assert server.connections == 1


def test_connections_that_the_engine_has_closed_are_made_anew(tmp_path: Path) -> None:
    with served(tmp_path / "engine.sock", most=1) as (engine, server):
        for number in range(5):
            assert engine.state(f"step-{number}") is None
            assert server.closed.acquire(timeout=60)  # what is asked just then may get lost
        assert server.connections == 5
