"""Connections to a Docker Engine on TCP, with TLS where its address says so, and requests over them.

With ``http.client`` and ``ssl``, which cost a start 15 ms and more: engines are rarely elsewhere.
"""

from __future__ import annotations

import http.client
import select
import ssl
import threading
from pathlib import Path

from ops0.host.engine_address import EngineAddress
from ops0.host.engine_errors import EngineCertificates
from ops0.host.plain_http import BadAnswer

MOST = 16
"""More connections are not kept open."""


class KeptConnections:
    """Those of one engine. Threads may share it."""

    def __init__(self) -> None:
        self._free: list[http.client.HTTPConnection] = []
        self._guard = threading.Lock()

    def take(self, timeout: float) -> http.client.HTTPConnection | None:
        """One that is open, with this time limit; None where there is none. It is the caller's until ``give``."""
        while True:
            with self._guard:
                if not self._free:
                    return None
                found = self._free.pop()
            # Nothing was asked on it: what can be read is that the other end has closed it.
            if found.sock is not None and not _readable(found.sock.fileno()):
                found.sock.settimeout(timeout)
                return found
            found.close()

    def give(self, connection: http.client.HTTPConnection) -> None:
        """Keep it, its answer read to the end."""
        with self._guard:
            if len(self._free) < MOST:
                self._free.append(connection)
                return
        connection.close()

    def __del__(self) -> None:
        for one in self._free:
            one.close()


def ask(
    address: EngineAddress,
    kept: KeptConnections | None,
    method: str,
    target: str,
    data: bytes | None,
    timeout: float,
) -> tuple[int, str, bytes]:
    """One request, its body as JSON, and its whole answer: (status, who answers, body).

    kept:   connections that are used again, a new one is greeted by TLS for two or three round trips; None: a new one
    raises: EngineCertificates, OSError
    """
    connection = None if kept is None else kept.take(timeout)
    if connection is None:
        connection = remote_connection(address, timeout)
    headers = {} if data is None else {"Content-Type": "application/json"}
    try:
        connection.request(method, target, body=data, headers=headers)
        reply = connection.getresponse()
        said = reply.status, reply.headers.get("Server", ""), reply.read()
    except BaseException as fault:
        connection.close()
        if isinstance(fault, http.client.HTTPException):
            raise BadAnswer(str(fault) or type(fault).__name__) from None
        raise
    if kept is None or reply.will_close:
        connection.close()
    else:
        kept.give(connection)
    return said


def remote_connection(address: EngineAddress, timeout: float | None) -> http.client.HTTPConnection:
    """A connection, not opened yet.

    timeout: seconds for each wait; None: any
    raises:  EngineCertificates
    """
    if not address.tls:
        return http.client.HTTPConnection(address.host, address.port, timeout=timeout)
    context = ssl.create_default_context()
    if address.certificates is not None:
        folder, files = Path(address.certificates), "ca.pem"
        try:
            if (folder / files).exists():
                context.load_verify_locations(folder / files)
            files = "cert.pem and key.pem"
            if (folder / "cert.pem").exists():
                context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        except OSError as fault:
            cause = fault.strerror or str(fault)
            raise EngineCertificates(address.text, f"{folder}: {files}", cause) from None
    return http.client.HTTPSConnection(address.host, address.port, timeout=timeout, context=context)


def _readable(number: int) -> bool:
    look = select.poll()
    look.register(number, select.POLLIN)
    return bool(look.poll(0))
