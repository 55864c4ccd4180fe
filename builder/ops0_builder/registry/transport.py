"""Requests to one registry: TLS, proxies, authentication, and which failures may pass."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import IO, cast
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as TimeoutError_

from ops0.integrations.sending import retry_after
from ops0_builder.certificate_faults import certificate_hint
from ops0_builder.registry.answers import Answer, place_of, refusal, said
from ops0_builder.registry.authorization import Authorization
from ops0_builder.registry.body import Body
from ops0_builder.registry.certificates import tls_context
from ops0_builder.registry.credentials import Credentials
from ops0_builder.registry.deadline import POOLS, Deadline
from ops0_builder.registry.docker_hub import server_of
from ops0_builder.registry.errors import RegistryForbidden, RegistryRefused, RegistryUnreachable
from ops0_builder.registry.patience import Patience, Transient, patiently
from ops0_builder.registry.reference import is_loopback

_CONNECTIONS = 8
_LONGEST_ANSWER = 32 * 1024 * 1024
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
_MOST_REDIRECTS = 5
_TOO_SLOW = "its answer did not come to an end in time"


class Transport:
    """One registry. Threads may share it; ``stop`` ends waiting in all of them."""

    def __init__(self, host: str, credentials: Credentials, patience: Patience) -> None:
        self.host, self.credentials, self.patience = host, credentials, patience
        self.stop = threading.Event()
        self._authorization = Authorization(host, credentials, self._send)
        self._starting = threading.Lock()
        self._server = server_of(host)
        self._base: str | None = None

    def request(
        self,
        method: str,
        path: str,
        *,
        scope: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        accept: tuple[int, ...] = (),
    ) -> Answer:
        """Ask until there is an answer.

        path:   below ``/v2/``;  scope: the token's, ``repository:PATH:pull,push``
        accept: statuses above 299 that are an answer, as 404
        raises: RegistryUnreachable, RegistryForbidden, RegistryRefused, Stopped
        """
        whole = None if body is None else Body(open=lambda: body, length=len(body))
        attempt = partial(
            self.attempt, method, path, scope=scope, headers=headers, body=whole, accept=accept
        )
        return self.patiently(f"{method} {path}", attempt)

    def patiently(self, request: str, attempt: Callable[[], Answer]) -> Answer:
        """Several requests that only count together, again until they work. Raises as ``request``."""
        return patiently(
            attempt, host=self.host, request=request, patience=self.patience, stop=self.stop
        )

    def attempt(
        self,
        method: str,
        path: str,
        *,
        scope: str,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
        accept: tuple[int, ...] = (),
    ) -> Answer:
        """Ask once, apart from authentication. ``path`` may be a whole URL. Raises as ``request``, and Transient."""
        url = urljoin(f"{self._address()}/v2/", path)
        ours = _origin(url) == _origin(self._address())
        header = self._authorization.header(scope) if ours else None
        answer = self._send(method, url, headers or {}, header, body)
        if answer.status == 401 and ours:
            asked = answer.headers.get("www-authenticate", "")
            header = self._authorization.renewed(scope, asked, header)
            if header is not None:
                answer = self._send(method, url, headers or {}, header, body)
        request = f"{method} {urlsplit(url).path}"
        if answer.status in _redirects(method):
            answer = self._follow(method, request, answer, headers or {}, header, body)
        return self._judged(request, answer, accept)

    def _judged(self, request: str, answer: Answer, accept: tuple[int, ...]) -> Answer:
        status = answer.status
        if status in accept or (status < 300 and not answer.is_page):
            return answer
        if status in _TRANSIENT:
            raise Transient(f"HTTP {status}", retry_after(answer.headers.get("retry-after")))
        if status in (401, 403):
            raise RegistryForbidden(
                self.host, request, status, self.credentials.source, said(answer)
            )
        raise refusal(self.host, request, answer)

    def _follow(
        self,
        method: str,
        request: str,
        answer: Answer,
        headers: Mapping[str, str],
        authorization: str | None,
        body: Body | None,
    ) -> Answer:
        """What is asked for may lie elsewhere, or go there; nobody there needs to know who we are."""
        for _ in range(_MOST_REDIRECTS):
            url = place_of(self.host, request, answer)
            ours = _origin(url) == _origin(self._address())
            answer = self._send(method, url, headers, authorization if ours else None, body)
            if answer.status not in _redirects(method):
                return answer
        raise RegistryRefused(self.host, request, answer.status, "it redirects without end")

    def _address(self) -> str:
        """``https://HOST``; a registry on this machine may speak plain HTTP, which is found out by asking."""
        with self._starting:
            if self._base is None:
                self._base = f"https://{self._server}"
                if is_loopback(self.host) and not self._speaks_tls(self._base):
                    self._base = f"http://{self.host}"
            return self._base

    def _speaks_tls(self, base: str) -> bool:
        try:
            with Deadline(self.patience.whole):
                self._pool.request(
                    "GET", f"{base}/v2/", retries=False, redirect=False, timeout=self._timeout
                )
        except SSLError as fault:
            return isinstance(fault.args[0], ssl.SSLCertVerificationError)
        except HTTPError as fault:
            raise Transient(_cause(fault)) from None
        return True

    @property
    def _timeout(self) -> urllib3.Timeout:
        return urllib3.Timeout(connect=self.patience.connect, read=self.patience.idle)

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        context = tls_context(self.host)
        away = is_loopback(self.host) or proxy_bypass(self._server)
        proxy = None if away else getproxies().get("https")
        pool = (
            urllib3.PoolManager(maxsize=_CONNECTIONS, ssl_context=context)
            if proxy is None
            else urllib3.ProxyManager(
                proxy,
                proxy_headers=_proxy_headers(proxy),
                maxsize=_CONNECTIONS,
                ssl_context=context,
            )
        )
        pool.pool_classes_by_scheme = POOLS
        return pool

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        authorization: str | None,
        body: Body | None,
    ) -> Answer:
        """One exchange. Raises Transient, RegistryUnreachable for a certificate not trusted and for no such host."""
        sent = {**headers, **({"Authorization": authorization} if authorization else {})}
        if body is not None:
            sent["Content-Length"] = str(body.length)
        sending = None if body is None else body.open()
        deadline = Deadline(self.patience.whole)
        try:
            with deadline:
                reply = self._pool.request(
                    method,
                    url,
                    headers=sent,
                    body=cast("IO[bytes] | None", sending),  # urllib3 needs `read` alone
                    retries=False,
                    redirect=False,
                    preload_content=False,
                    timeout=self._timeout,
                )
                data = reply.read(_LONGEST_ANSWER)
                whole = not reply.read(1)
                reply.release_conn()
        except HTTPError as fault:
            raise self._failed(method, deadline, fault) from None
        finally:
            if sending is not None and not isinstance(sending, bytes):
                sending.close()
        if deadline.passed:
            raise Transient(_TOO_SLOW)
        if not whole:
            raise RegistryRefused(self.host, method, reply.status, "its answer is too long")
        found = {name.lower(): value for name, value in reply.headers.items()}
        return Answer(status=reply.status, headers=found, body=data, url=url)

    def _failed(
        self, method: str, deadline: Deadline, fault: HTTPError
    ) -> RegistryUnreachable | Transient:
        if isinstance(fault, SSLError) and isinstance(fault.args[0], ssl.SSLCertVerificationError):
            cause = f"its certificate is not trusted: {fault.args[0].verify_message}"
            file = f"/etc/docker/certs.d/{self.host}/ca.crt"
            hint = certificate_hint(cause) or f"put its authority's certificate into {file}"
            return RegistryUnreachable(self.host, method, cause, 1, hint)
        if _names_nobody(fault):
            hint = "is its name right? if so, see that this machine can look it up"
            return RegistryUnreachable(self.host, method, "no machine has this name", 1, hint)
        return Transient(_TOO_SLOW if deadline.passed else _cause(fault))


def _names_nobody(fault: HTTPError) -> bool:
    """Whether there is no such host. A name server that does not answer says something else."""
    asked = fault.__cause__ if isinstance(fault, NameResolutionError) else None
    return isinstance(asked, socket.gaierror) and asked.errno == socket.EAI_NONAME


def _redirects(method: str) -> frozenset[int]:
    """The statuses after which the same is asked again elsewhere; of others, what is sent would be lost."""
    return frozenset({301, 302, 303, 307, 308} if method in ("GET", "HEAD") else {307, 308})


def _origin(url: str) -> tuple[str, str, int | None]:
    """By what two URLs are of one server: a host is the same in capitals, and with the port that is usual."""
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or usual


def _proxy_headers(proxy: str) -> dict[str, str]:
    """Who we are to a proxy, by its address: what stands there is percent-encoded. source: RFC 3986, 3.2.1."""
    parts = urlsplit(proxy)
    if not parts.username:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}


def _cause(fault: HTTPError) -> str:
    """What happened, in a few words, without urllib3's objects."""
    inner = next((one for one in fault.args if isinstance(one, BaseException)), None)
    # urllib3 counts a refused connection among the timeouts.
    late = isinstance(fault, TimeoutError_) and not isinstance(fault, NewConnectionError)
    if late or isinstance(inner, TimeoutError):
        return "no answer in time"
    text = str(fault if inner is None else inner).rpartition(": ")[2]
    return re.sub(r"^\[Errno \d+\] ", "", text) or type(fault).__name__
