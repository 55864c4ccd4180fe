"""An engine's socket that loses replies: it hands everything on to the real engine, but makes a fault of one call."""

from __future__ import annotations

import re
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Fault = Literal["before", "after", "500", "kill before", "kill after"]
"""Lost before the engine heard it; lost after it had done it; refused with 500; ops0 is killed before, or after it."""

FAULTS: tuple[Fault, ...] = ("before", "after", "500", "kill before", "kill after")
_ID = re.compile(r"[0-9a-f]{12,64}|ops0-[^/?]*|sha256:[0-9a-f]+")
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_REFUSAL = b'{"message":"the proxy of the tests makes a fault"}'


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its number from 1, and its kind, as ``POST /containers/ID/start``."""

    number: int
    kind: str


class Proxy:
    """One listening socket. ``calls``: all that were made; ``plan``: (number of the call, fault) or None.

    cut: what an attached container says when its connection breaks off, before that; cuts: how often it did
    """

    def __init__(self, socket_path: Path, engine: str) -> None:
        self.address = f"unix://{socket_path}"
        self.calls: list[Call] = []
        self.plan: tuple[int, Fault] | None = None
        self.struck: Call | None = None
        self.cut: bytes | None = None
        self.cuts = 0
        self.kill: Callable[[], None] = lambda: None
        self._engine = engine
        self._guard = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(socket_path))
        self._listener.listen(128)
        threading.Thread(target=self._accept, daemon=True).start()

    def begin(self, plan: tuple[int, Fault] | None, kill: Callable[[], None] | None = None) -> None:
        """Count anew, and make this fault."""
        with self._guard:
            self.calls, self.struck = [], None
            self.plan, self.kill = plan, kill or (lambda: None)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """The calls of one connection, one after the other; a hijacked one is only copied to its end."""
        with client, socket.socket(socket.AF_UNIX) as engine, suppress(OSError):
            engine.connect(self._engine)
            while head := _head(client):
                fault = self._count(head)
                if fault == "kill before":
                    self.kill()
                    return
                if fault == "before":
                    return
                if fault == "500":
                    _body(client, head)
                    client.sendall(
                        b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n"
                        b"Content-Length: %d\r\nConnection: close\r\n\r\n"
                        % len(_REFUSAL)
                        + _REFUSAL
                    )
                    return
                engine.sendall(head + _body(client, head))
                if fault is not None:
                    _first_answer(engine)
                    if fault == "kill after":
                        self.kill()
                    return
                if not _answer(engine, client):
                    attached = b"/attach?" in head.partition(b"\r\n")[0]
                    _copy(client, engine, self._passes if attached else lambda _: True)
                    return

    def _passes(self, data: bytes) -> bool:
        if self.cut is None or self.cut not in data:
            return True
        self.cuts += 1
        return False

    def _count(self, head: bytes) -> Fault | None:
        method, path = head.split(b" ", 2)[:2]
        plain = re.sub(r"^/v[0-9.]+", "", path.decode()).partition("?")[0]
        with self._guard:
            call = Call(len(self.calls) + 1, f"{method.decode()} {_ID.sub('ID', plain)}")
            self.calls.append(call)
            if self.plan is None or self.plan[0] != call.number:
                return None
            self.struck = call
            return self.plan[1]


def _head(sock: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        byte = sock.recv(1)  # what stands behind the head belongs to somebody else
        if not byte:
            return b""
        data += byte
    return data


def _body(sock: socket.socket, head: bytes) -> bytes:
    if b"transfer-encoding: chunked" in head.lower():
        return _chunks(sock, lambda _: None)
    found = _LENGTH.search(head)
    return _exactly(sock, int(found[1])) if found else b""


def _exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            raise ConnectionError
        data += part
    return data


def _line(sock: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\r\n"):
        byte = sock.recv(1)
        if not byte:
            raise ConnectionError
        data += byte
    return data


def _chunks(sock: socket.socket, give: Callable[[bytes], None]) -> bytes:
    whole = b""
    while True:
        line = _line(sock)
        size = int(line.split(b";")[0], 16)
        part = line + _exactly(sock, size + 2)
        give(part)
        whole += part if len(whole) < 1 << 24 else b""
        if size == 0:
            return whole


def _first_answer(engine: socket.socket) -> None:
    """Wait until the engine has answered: it has done what it was asked for."""
    engine.settimeout(60)
    _head(engine)


def _answer(engine: socket.socket, client: socket.socket) -> bool:
    """Hand one answer on. Gives whether the connection can be used again; a hijacked one cannot."""
    head = _head(engine)
    if not head:
        raise ConnectionError
    client.sendall(head)
    low = head.lower()
    status = int(head.split(b" ", 2)[1])
    if status == 101 or b"application/vnd.docker" in low:
        return False
    if b"transfer-encoding: chunked" in low:
        _chunks(engine, client.sendall)
        return True
    found = _LENGTH.search(head)
    if found:
        left = int(found[1])
        while left:
            part = engine.recv(min(left, 1 << 16))
            if not part:
                raise ConnectionError
            client.sendall(part)
            left -= len(part)
        return True
    return status in (204, 304)


def _copy(client: socket.socket, engine: socket.socket, passes: Callable[[bytes], bool]) -> None:
    """Both ways, until both have ended; a half that has ended is shut, as StdinOnce wants it.

    passes: whether what the engine says is handed on; if not, it ends there
    """
    other = {client: engine, engine: client}
    open_ends = {client, engine}
    while open_ends:
        for one in select.select(list(open_ends), [], [])[0]:
            data = one.recv(1 << 16)
            if one is engine and not passes(data):
                return
            if data:
                other[one].sendall(data)
                continue
            open_ends.discard(one)
            with suppress(OSError):
                other[one].shutdown(socket.SHUT_WR)
            if one is engine:
                return


@contextmanager
def proxied(folder: Path, engine: str = "/var/run/docker.sock") -> Iterator[Proxy]:
    """A proxy whose socket is in that folder."""
    proxy = Proxy(folder / "engine.sock", engine)
    try:
        yield proxy
    finally:
        proxy.close()
