"""A small client of the Docker Engine's API: one request, one answer, always with a time limit.

For the few questions of a build that changes nothing, and for short-lived containers. It loads neither the Docker
SDK nor a program: answers arrive in milliseconds.
"""

from __future__ import annotations

import grp
import json
import os
import pwd
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from ops0.core.errors import EngineError
from ops0.host.engine_address import EngineAddress, engine_address
from ops0.host.engine_errors import (
    EngineCertificates,
    EngineForbidden,
    EngineFull,
    EngineRefused,
    EngineTimeout,
    EngineTooOld,
    EngineUnreachable,
    EngineUntrusted,
    NoConnection,
    NotDocker,
    says_full,
)
from ops0.host.limits import NO_MORE_FILES
from ops0.host.plain_http import BadAnswer, exchange

if TYPE_CHECKING:
    import http.client

API = "1.44"
"""Docker 25, January 2024: the oldest that current engines still offer."""
SECONDS = 30.0
_PODMAN = "Libpod/"
"""How Podman's service calls itself in each of its answers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the engine said. ``status`` is HTTP's;  request: what was asked, for errors;  server: who answers."""

    status: int
    body: bytes
    request: str = "the answer"
    server: str = ""

    def json(self) -> Any:
        """The body read as JSON; None where it is empty. Raises EngineRefused where it is none."""
        try:
            return json.loads(self.body) if self.body.strip() else None
        except ValueError:
            hint = "is it a Docker Engine that listens there?"
            raise EngineRefused(self.request, self.status, self._text[:200], hint) from None

    @property
    def message(self) -> str:
        """The engine's own words for an error."""
        return self._said or self._text

    @property
    def is_nobodys(self) -> bool:
        """Whether it is the 404 of a server that is no engine: engines say what they have not got."""
        return self.status == 404 and not self.request.startswith("HEAD ") and not self._said

    @property
    def _said(self) -> str:
        try:
            said = json.loads(self.body)
        except ValueError:
            said = None
        text = said.get("message") if isinstance(said, dict) else None
        return str(text or "").strip()

    @property
    def _text(self) -> str:
        return self.body.decode("utf-8", "replace").strip()


@dataclass(frozen=True, slots=True)
class EngineSocket:
    """One engine. Every request has a connection of its own, so threads may share it."""

    address: EngineAddress

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> EngineSocket:
        """The engine that the ``docker`` command would use. Raises EngineAddressError; does not connect."""
        return cls(engine_address(os.environ if environ is None else environ))

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        accept: tuple[int, ...] = (),
        timeout: float = SECONDS,
        api: str = API,
    ) -> Answer:
        """Ask once. ``path`` starts with a slash and has no version; its pieces are quoted already.

        accept:  statuses above 299 that are an answer rather than an error, as 404
        timeout: seconds for each wait on the connection
        api:     a newer version of the API, which not every engine has: then the answer is 400
        raises:  EngineUnreachable, EngineForbidden, EngineCertificates, EngineTooOld, NotDocker, EngineTimeout,
                 EngineFull, EngineRefused
        """
        sent = self._send(method, f"/v{api}{path}", query or {}, body, timeout)
        answer = replace(sent, request=f"{method} {path}")
        if answer.is_nobodys:
            raise NotDocker(self.address.text, "another server answers there (404)")
        if answer.status < 300 or answer.status in accept:
            return answer
        raise self.fault(answer.request, answer, timeout)

    def fault(self, request: str, answer: Answer, timeout: float = SECONDS) -> EngineError:
        """The error that an answer means. Raises as ``call``, for it asks for the version where that may be why."""
        if answer.status == 400:
            told = self._send("GET", "/version", {}, None, timeout)
            if told.status == 400 and self._without_tls:
                hint = "does it want TLS? export DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH"
                return EngineRefused(request, answer.status, answer.message, hint)
            said = told.json() or {}
            newest, oldest = (str(said.get(of, "0.0")) for of in ("ApiVersion", "MinAPIVersion"))
            if not _version(oldest) <= _version(API) <= _version(newest):
                return EngineTooOld(self.address.text, API, newest)
        if says_full(answer.message):
            return EngineFull(request)
        return EngineRefused(request, answer.status, answer.message)

    @property
    def _without_tls(self) -> bool:
        return self.address.socket is None and not self.address.tls

    def _send(
        self, method: str, path: str, query: Mapping[str, str], body: Any, timeout: float
    ) -> Answer:
        target = f"{path}?{urlencode(query)}" if query else path
        data = None if body is None else json.dumps(body).encode()
        send = _send_remote if self.address.socket is None else _send_here
        with connection_faults(self.address, f"{method} {path}", timeout):
            answer = send(self.address, method, target, data, timeout)
        if answer.server.startswith(_PODMAN):
            raise NotDocker(
                self.address.text,
                f"Podman answers there ({answer.server})",
                "ops0 builds by BuildKit, which Podman does not have: install Docker, rootless if you like",
            )
        return answer


@contextmanager
def connection_faults(address: EngineAddress, request: str, timeout: float) -> Iterator[None]:
    """What a connection raises as errors for people.

    raises: EngineTimeout, EngineForbidden, EngineUnreachable, EngineUntrusted, NoConnection
    """
    try:
        yield
    except TimeoutError:
        raise EngineTimeout(address.text, request, timeout) from None
    except PermissionError:
        raise _forbidden(address) from None
    except OSError as fault:
        cause = fault.strerror or str(fault) or type(fault).__name__
        if fault.errno in NO_MORE_FILES:
            raise NoConnection(address.text, cause) from None
        ssl = sys.modules.get("ssl")  # not loaded for an engine of this machine
        untrusted = ssl is not None and isinstance(fault, ssl.SSLError)
        kind = EngineUntrusted if untrusted else EngineUnreachable
        raise kind(address.text, cause) from None


def quoted(name: str) -> str:
    """A name as one piece of a path; slashes of image names stay."""
    return quote(name, safe="/:@")


def _send_here(
    address: EngineAddress, method: str, target: str, data: bytes | None, timeout: float
) -> Answer:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        connection.connect(address.socket or "")
        status, server, body = exchange(connection, method, target, data)
        return Answer(status=status, body=body, server=server)


def _send_remote(
    address: EngineAddress, method: str, target: str, data: bytes | None, timeout: float
) -> Answer:
    import http.client  # noqa: PLC0415 - costs a start 15 ms, and engines are rarely elsewhere

    connection = remote_connection(address, timeout)
    headers = {} if data is None else {"Content-Type": "application/json"}
    try:
        connection.request(method, target, body=data, headers=headers)
        reply = connection.getresponse()
        server = reply.headers.get("Server", "")
        return Answer(status=reply.status, body=reply.read(), server=server)
    except http.client.HTTPException as fault:
        raise BadAnswer(str(fault) or type(fault).__name__) from None
    finally:
        connection.close()


def remote_connection(address: EngineAddress, timeout: float) -> http.client.HTTPConnection:
    """A connection to an engine on TCP, with TLS where its address says so; not opened yet.

    raises: EngineCertificates
    """
    import http.client  # noqa: PLC0415
    import ssl  # noqa: PLC0415

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


def _forbidden(address: EngineAddress) -> EngineForbidden | EngineUnreachable:
    user = _name(pwd.getpwuid, os.geteuid())
    try:
        facts = None if address.socket is None else Path(address.socket).stat()
    except OSError:
        facts = None
    if facts is None:
        return EngineUnreachable(address.text, "permission denied")
    owner, group = _name(pwd.getpwuid, facts.st_uid), _name(grp.getgrgid, facts.st_gid)
    return EngineForbidden(address.text, user, owner, group, facts.st_mode & 0o7777)


def _name(look_up: Any, number: int) -> str:
    try:
        return str(look_up(number)[0])
    except KeyError:
        return str(number)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())
