"""One request of HTTP/1.1 over an open connection, and its whole answer.

For unix sockets. ``http.client`` loads the libraries for mail and TLS with it, which costs every start 15 ms.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import socket

_LONGEST_LINE = 65_536
_MOST_HEADERS = 200


class BadAnswer(OSError):
    """What came back is no whole answer of HTTP."""


def exchange(
    connection: socket.socket, method: str, target: str, body: bytes | None
) -> tuple[int, str, bytes]:
    """Send a request, with its body as JSON, and read the answer to its end: (status, who answers, body).

    target: path and query, quoted
    raises: BadAnswer where the answer breaks off or cannot be read, and what the connection raises, TimeoutError too
    """
    lines = [f"{method} {target} HTTP/1.1", "Host: docker", "Connection: close"]
    if body is not None:
        lines += ["Content-Type: application/json"]
    if body is not None or method in ("POST", "PUT"):
        lines += [f"Content-Length: {len(body or b'')}"]
    head = "\r\n".join([*lines, "", ""]).encode("ascii")
    connection.sendall(head + (body or b""))
    with connection.makefile("rb") as stream:
        status, headers = _head(stream)
        while 100 <= status < 200 and status != 101:
            status, headers = _head(stream)
        server = headers.get("server", "")
        if method == "HEAD" or status in (101, 204, 304):
            return status, server, b""
        return status, server, _body(stream, headers)


def _head(stream: IO[bytes]) -> tuple[int, dict[str, str]]:
    version, _, rest = _line(stream).partition(" ")
    code = rest[:3]
    if not version.startswith("HTTP/1.") or not (code.isascii() and code.isdigit()):
        raise BadAnswer("the answer is not HTTP")
    headers: dict[str, str] = {}
    for _ in range(_MOST_HEADERS):
        line = _line(stream)
        if not line:
            return int(code), headers
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    raise BadAnswer("the answer has too many headers")


def _line(stream: IO[bytes]) -> str:
    line = stream.readline(_LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise BadAnswer(
            "the answer breaks off" if len(line) < _LONGEST_LINE else "a line is too long"
        )
    return line.decode("iso-8859-1").rstrip("\r\n")


def _body(stream: IO[bytes], headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return b"".join(iter(lambda: _chunk(stream), b""))
    length = headers.get("content-length")
    if length is None:
        return stream.read()
    return _exactly(stream, _number(length, 10))


def _chunk(stream: IO[bytes]) -> bytes:
    size = _number(_line(stream).partition(";")[0].strip(), 16)
    if size == 0:
        while _line(stream):  # trailers say nothing that is asked for
            pass
        return b""
    data = _exactly(stream, size)
    if _line(stream):
        raise BadAnswer("a chunk is longer than it says")
    return data


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise BadAnswer("the answer breaks off")
    return data


def _number(text: str, base: int) -> int:
    try:
        number = int(text, base)
    except ValueError:
        number = -1
    if number < 0:
        raise BadAnswer(f"{text[:20]!r} is no length")
    return number
