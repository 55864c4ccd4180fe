"""Who we are to a registry, asked for by several threads at once."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from ops0_builder.registry.answers import Answer
from ops0_builder.registry.authorization import Authorization
from ops0_builder.registry.credentials import Credentials
from ops0_builder.registry.patience import Transient

ASKED = 'Bearer realm="https://auth.example/token",service="registry.example"'
SCOPE = "repository:team/flow:pull,push"
THREADS = 8


class TokenService:
    """Gives a new token each time."""

    def __init__(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.asked = 0
        self._status, self._headers = status, headers or {}

    def __call__(self, _method: str, url: str, *_: Any) -> Answer:
        self.asked += 1
        body = f'{{"token": "t{self.asked}"}}'.encode()
        return Answer(status=self._status, headers=self._headers, body=body, url=url)


def authorization(service: TokenService) -> Authorization:
    return Authorization("registry.example", Credentials(source="nobody"), service)


def renewed_at_once(ours: Authorization, refused: str | None) -> set[str | None]:
    together = Barrier(THREADS)

    def ask(_: int) -> str | None:
        together.wait(10)
        return ours.renewed(SCOPE, ASKED, refused)

    with ThreadPoolExecutor(THREADS) as pool:
        return set(pool.map(ask, range(THREADS)))


def test_threads_that_are_refused_together_ask_for_one_token() -> None:
    service = TokenService()
    ours = authorization(service)
    assert renewed_at_once(ours, None) == {"Bearer t1"}
    assert renewed_at_once(ours, "Bearer t1") == {"Bearer t2"}  # it has run out for all of them
    assert service.asked == 2


def test_a_token_service_says_itself_when_to_come_back() -> None:
    with pytest.raises(Transient) as told:
        authorization(TokenService(429, {"retry-after": "7"})).renewed(SCOPE, ASKED, None)
    assert told.value.after == 7
