"""A small client of the Docker Engine's API: one request, one answer, always with a time limit.

It loads no library and starts no program: answers arrive in milliseconds.
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
from ops0.host.plain_http import exchange, upgrade

if TYPE_CHECKING:
    from ops0.host.engine_elsewhere import KeptConnections

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
        try:
            said = json.loads(self.body)
        except ValueError:
            said = None
        text = said.get("message") if isinstance(said, dict) else None
        return str(text or self._text).strip()

    @property
    def _text(self) -> str:
        return self.body.decode("utf-8", "replace").strip()


@dataclass(frozen=True, slots=True)
class EngineSocket:
    """One engine. Threads may share it: no two requests are on one connection at a time.

    kept: connections to an engine elsewhere that are used again; None: each request has one of its own
    """

    address: EngineAddress
    kept: KeptConnections | None = None

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
        request: str | None = None,
    ) -> Answer:
        """Ask once. ``path`` starts with a slash and has no version; its pieces are quoted already.

        accept:  statuses above 299 that are an answer rather than an error, as 404
        timeout: seconds for each wait on the connection
        api:     a newer version of the API, which not every engine has: then the answer is 400
        request: what is asked, for errors; None: method and path
        raises:  EngineUnreachable, EngineForbidden, EngineCertificates, EngineTooOld, NotDocker, EngineTimeout,
                 EngineFull, EngineRefused
        """
        request = request or f"{method} {path}"
        answer = self._send(method, f"/v{api}{path}", query or {}, body, timeout, request)
        if answer.status < 300 or answer.status in accept:
            return replace(answer, request=request)
        raise self.fault(request, answer, timeout)

    def upgraded(
        self, path: str, *, query: Mapping[str, str], timeout: float = SECONDS, request: str
    ) -> socket.socket:
        """``POST path``, and what then is the caller's connection to whatever the engine has put behind it.

        raises: as ``call``
        """
        with connection_faults(self.address, request, timeout):
            connection = _opened(self.address, timeout)
            try:
                target = f"/v{API}{path}?{urlencode(query)}"
                status, _, body = upgrade(connection, target)
            except BaseException:
                connection.close()
                raise
        if status < 300:
            return connection
        connection.close()
        raise self.fault(request, Answer(status=status, body=body), timeout)

    def fault(self, request: str, answer: Answer, timeout: float = SECONDS) -> EngineError:
        """The error that an answer means. Raises as ``call``, for it asks for the version where that may be why."""
        if answer.status == 400:
            told = self._send("GET", "/version", {}, None, timeout, "GET /version")
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
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Any,
        timeout: float,
        request: str,
    ) -> Answer:
        target = f"{path}?{urlencode(query)}" if query else path
        data = None if body is None else json.dumps(body).encode()
        with connection_faults(self.address, request, timeout):
            if self.address.socket is None:
                from ops0.host.engine_elsewhere import ask  # noqa: PLC0415 - engines are rarely elsewhere

                said = ask(self.address, self.kept, method, target, data, timeout)
            else:
                with _opened(self.address, timeout) as connection:
                    said = exchange(connection, method, target, data)
            status, server, got = said
            answer = Answer(status=status, body=got, server=server)
        if answer.server.startswith(_PODMAN):
            raise NotDocker(self.address.text, answer.server)
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


def _opened(address: EngineAddress, timeout: float) -> socket.socket:
    """A connection, of this machine or another."""
    if address.socket is None:
        from ops0.host.engine_elsewhere import remote_connection  # noqa: PLC0415

        remote = remote_connection(address, timeout)
        remote.connect()
        opened: socket.socket = remote.sock
        return opened
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect(address.socket)
    except BaseException:
        connection.close()
        raise
    return connection


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
