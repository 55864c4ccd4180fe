"""Who we are, told as the registry asks: not at all, Basic, or with a token of its token service.

source: https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from ops0.integrations.sending import retry_after
from ops0_builder.registry.body import Body
from ops0_builder.registry.challenge import Challenge, parse_challenges
from ops0_builder.registry.credentials import Credentials
from ops0_builder.registry.errors import RegistryForbidden, RegistryRefused
from ops0_builder.registry.patience import Transient
from ops0_builder.registry.reference import is_loopback

if TYPE_CHECKING:
    from ops0_builder.registry.answers import Answer

Send = Callable[[str, str, Mapping[str, str], "str | None", "Body | None"], "Answer"]
_CLIENT = "ops0"


class Authorization:
    """The ``Authorization`` headers of one registry, kept by scope. Threads may share it."""

    def __init__(self, host: str, credentials: Credentials, send: Send) -> None:
        self._host, self._credentials, self._send = host, credentials, send
        self._kept: dict[str, str] = {}
        self._lock = threading.Lock()

    def header(self, scope: str) -> str | None:
        """What worked last for this scope; None before anybody asked."""
        with self._lock:
            return self._kept.get(scope)

    def renewed(self, scope: str, asked: str, refused: str | None) -> str | None:
        """A header that answers ``WWW-Authenticate``; None where we have nothing to say.

        refused: the header that was sent in vain; where another thread has a newer one by now, it is that
        raises:  RegistryForbidden where the token service refuses, RegistryRefused, Transient
        """
        with self._lock:
            kept = self._kept.get(scope)
            if kept is not None and kept != refused:
                return kept
            self._kept.pop(scope, None)
            challenges = parse_challenges(asked)
            for challenge in challenges:
                if challenge.scheme == "bearer":
                    self._kept[scope] = f"Bearer {self._token(scope, challenge)}"
                    return self._kept[scope]
            if self._credentials.username and any(one.scheme == "basic" for one in challenges):
                self._kept[scope] = self._credentials.basic
                return self._kept[scope]
            return None

    def _token(self, scope: str, challenge: Challenge) -> str:
        realm = challenge.parameters.get("realm", "")
        try:
            parts = urlsplit(realm)
        except ValueError:
            parts = urlsplit("")
        both_here = is_loopback(self._host) and is_loopback(parts.netloc)
        if parts.scheme != "https" and not (parts.scheme == "http" and both_here):
            fact = f"it names the token service {realm[:100]!r}, which is not https"
            raise RegistryRefused(self._host, "GET token", 401, fact)
        answer = self._ask(realm, scope, challenge.parameters.get("service", ""))
        request = f"token from {parts.netloc}"
        if answer.status >= 500 or answer.status == 429:
            wait = retry_after(answer.headers.get("retry-after"))
            raise Transient(f"{request}: HTTP {answer.status}", wait)
        if answer.status >= 300:
            raise RegistryForbidden(
                self._host, request, answer.status, self._credentials.source, ""
            )
        try:
            told = answer.json()
            token = told.get("token") or told.get("access_token")
        except (ValueError, AttributeError):
            token = None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise RegistryRefused(self._host, request, answer.status, "its answer holds no token")
        return token

    def _ask(self, realm: str, scope: str, service: str) -> Answer:
        mine = self._credentials
        query = {"service": service, "scope": scope}
        if mine.identity_token:
            form = {
                **query,
                "grant_type": "refresh_token",
                "refresh_token": mine.identity_token,
                "client_id": _CLIENT,
            }
            data = urlencode(form).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            return self._send(
                "POST", realm, headers, None, Body(open=lambda: data, length=len(data))
            )
        joint = "&" if urlsplit(realm).query else "?"
        basic = mine.basic if mine.username else None
        return self._send("GET", f"{realm}{joint}{urlencode(query)}", {}, basic, None)
