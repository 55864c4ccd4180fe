"""An index on loopback that can fail in every way."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


@dataclass
class Index:
    """A simple index on loopback. ``fault`` may answer a request itself: a status, ``reset``, or None for no."""

    files: dict[str, bytes] = field(default_factory=dict)
    hashes: bool = True
    password: str | None = None
    fault: Callable[[str, int], int | str | None] = lambda path, count: None
    asked: list[str] = field(default_factory=list)
    by_pip: list[str] = field(default_factory=list)
    port: int = 0
    root: str = "/simple"

    def add(self, *made: tuple[str, bytes]) -> Index:
        self.files.update(dict(made))
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.root}"

    def page(self, name: str) -> tuple[str, bytes] | None:
        """What the index says of a name: as JSON with hashes and sizes, or as bare HTML."""
        mine = {
            filename: data
            for filename, data in sorted(self.files.items())
            if filename.split("-")[0].replace("_", "-").lower() == name
        }
        if not mine:
            return None
        if not self.hashes:
            links = (f'<a href="/files/{filename}">{filename}</a>' for filename in mine)
            return "text/html", ("<!DOCTYPE html>" + "<br>".join(links)).encode()
        files = [
            {
                "filename": filename,
                "url": f"/files/{filename}",
                "hashes": {"sha256": hashlib.sha256(data).hexdigest()},
                "size": len(data),
            }
            for filename, data in mine.items()
        ]
        document = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
        return "application/vnd.pypi.simple.v1+json", json.dumps(document).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        index: Index = self.server.index  # type: ignore[attr-defined]
        index.asked.append(self.path)
        if self.headers.get("User-Agent", "").startswith("pip/"):
            index.by_pip.append(self.path)
        fault = index.fault(self.path, index.asked.count(self.path))
        if fault == "reset":
            self.close_connection = True
            self.connection.close()
        elif isinstance(fault, int):
            self.answer(fault, b"")
        elif index.password and not self.knows(index.password):
            self.answer(401, b"")
        elif self.path.startswith(f"{index.root}/"):
            name = self.path.removeprefix(f"{index.root}/").split("/")[0]
            kind, data = index.page(name) or ("", b"")
            self.answer(200 if kind else 404, data, kind or "text/html")
        else:
            data = index.files.get(unquote(self.path.rsplit("/", 1)[-1]))
            self.answer(404 if data is None else 200, data or b"")

    def knows(self, password: str) -> bool:
        said = self.headers.get("Authorization", "").removeprefix("Basic ")
        return base64.b64decode(said).decode().partition(":")[2] == password

    def answer(self, status: int, data: bytes, kind: str = "application/octet-stream") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="index"')
        self.end_headers()
        # uv hangs up once it has read the metadata at a wheel's end.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(data if self.command == "GET" else b"")

    do_HEAD = do_GET

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(index: Index, tls: ssl.SSLContext | None = None) -> Iterator[Index]:
    """The index on a port of its own, for as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    server.index = index  # type: ignore[attr-defined]
    index.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
