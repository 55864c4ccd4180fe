"""A plain HTTP proxy before a registry, which answers some requests itself: each fault once, for what matches."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Fault = Callable[["Handler"], bool]
"""Answers a request; True: nothing more is to be done for it."""


@dataclass
class Planted:
    """A fault for the next ``times`` requests of a method whose path contains a text."""

    method: str
    part: str
    fault: Fault
    times: int = 1


@dataclass
class FaultProxy:
    """``seen``: (method, path) of each request that came, in order."""

    upstream: int
    port: int = 0
    planted: list[Planted] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def plant(self, method: str, part: str, fault: Fault, times: int = 1) -> None:
        self.planted.append(Planted(method, part, fault, times))

    def count(self, method: str, part: str) -> int:
        return sum(one == method and part in path for one, path in self.seen)

    def due(self, method: str, path: str) -> Fault | None:
        with self.lock:
            self.seen.append((method, path))
            for one in self.planted:
                if one.times and one.method == method and one.part in path:
                    one.times -= 1
                    return one.fault
        return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: FaultProxy

    def _any(self) -> None:
        fault = self.proxy.due(self.command, self.path)
        if fault is not None and fault(self):
            return
        self.forward()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _any

    def forward(self, change: Callable[[dict[str, str], bytes], bytes] | None = None) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        upstream = http.client.HTTPConnection("127.0.0.1", self.proxy.upstream, timeout=30)
        try:
            upstream.request(
                self.command, self.path, self.rfile.read(length), dict(self.headers.items())
            )
            reply = upstream.getresponse()
            body, headers = reply.read(), dict(reply.getheaders())
        finally:
            upstream.close()
        if change is not None:
            body = change(headers, body)
        if self.command != "HEAD":
            headers["Content-Length"] = str(len(body))
        self.send_response(reply.status)
        for name, value in headers.items():
            if name.lower() not in ("transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def status(code: int, **headers: str) -> Fault:
    """Answer with a status and close."""

    def answer(handler: Handler) -> bool:
        handler.close_connection = True
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.send_header("Connection", "close")
        handler.end_headers()
        return True

    return answer


def says(code: int, body: bytes = b"", **headers: str) -> Fault:
    """Answer with these bytes, whatever was asked; names of headers have ``_`` for ``-``."""

    def answer(handler: Handler) -> bool:
        handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)
        return True

    return answer


def reset(handler: Handler) -> bool:
    """Close with RST, in the middle of the body where there is one."""
    handler.rfile.read(min(1000, int(handler.headers.get("Content-Length") or 0)))
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True
    return True


def stall(seconds: float) -> Fault:
    """Take the request and say nothing."""

    def wait(handler: Handler) -> bool:
        time.sleep(seconds)
        handler.close_connection = True
        return True

    return wait


def truncated(handler: Handler) -> bool:
    """Promise more bytes than come."""
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"schemaVersion":')
    return True


def other_bytes(handler: Handler) -> bool:
    """Give something else than what is stored."""
    handler.forward(lambda headers, body: body + b" ")
    return True


@contextmanager
def fault_proxy(upstream: int) -> Iterator[FaultProxy]:
    """A proxy before the registry that listens on ``upstream``."""
    proxy = FaultProxy(upstream)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Ours", (Handler,), {"proxy": proxy}))
    server.daemon_threads = True
    proxy.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
