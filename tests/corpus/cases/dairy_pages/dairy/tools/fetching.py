"""Pages over HTTP: kept for a day, asked for politely."""
from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import httpx
import tenacity
from anyio import Semaphore
from redis.asyncio import Redis
from selectolax.parser import HTMLParser

CACHE = Path(".pages")


class NotAllowed(RuntimeError):
    def __init__(self, url: str) -> None:
        super().__init__(f"{url} is not to be fetched")
        self.url = url


@dataclass(frozen=True)
class Page:
    url: str
    body: bytes
    at: dt.datetime

    @property
    def tree(self) -> HTMLParser:
        return HTMLParser(self.body)

    @property
    def fresh(self) -> bool:
        return dt.datetime.now() - self.at < dt.timedelta(days=1)

    def stored(self, folder: Path = CACHE) -> Path:
        path = folder / f"{key_of(self.url)}.json"
        path.write_text(json.dumps({"url": self.url, "at": self.at.isoformat()}))
        path.with_suffix(".html").write_bytes(self.body)
        return path


def key_of(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(one for one in plain if not unicodedata.combining(one)).casefold()


def decoded(answer: httpx.Response) -> str:
    return answer.content.decode(answer.charset_encoding or "utf-8", errors="replace")


@dataclass
class Fetcher:
    client: httpx.AsyncClient
    limit: Semaphore
    redis: Redis | None = None
    clock: Callable[[], dt.datetime] = dt.datetime.now
    robots: dict[str, RobotFileParser] = field(default_factory=dict)

    async def allowed(self, url: str) -> bool:
        host = urlsplit(url).netloc
        if host not in self.robots:
            rules = RobotFileParser()
            rules.parse((await self._get(f"https://{host}/robots.txt")).text.splitlines())
            self.robots[host] = rules
        return self.robots[host].can_fetch("dairy", url)

    @tenacity.retry(wait=tenacity.wait_exponential(max=30), stop=tenacity.stop_after_attempt(4))
    async def _get(self, url: str) -> httpx.Response:
        async with self.limit:
            answer = await self.client.get(url, timeout=30.0)
            answer.raise_for_status()
            return answer

    async def seen(self, url: str) -> bool:
        return bool(self.redis and await self.redis.exists(key_of(url)))

    async def page(self, url: str) -> Page:
        if not await self.allowed(url):
            raise NotAllowed(url)
        answer = await self._get(url)
        if self.redis:
            await self.redis.set(key_of(url), 1, ex=86400)
        return Page(url=url, body=answer.content, at=self.clock())


def headers_of(answers: Mapping[str, httpx.Response]) -> dict[str, str]:
    return {url: answer.headers.get("etag", "") for url, answer in answers.items()}
