from __future__ import annotations

from typing import Any

import httpx
import structlog
from tenacity import retry, stop_after_attempt

from bundles.tips import tip

LOGGER = structlog.get_logger(__name__)


class BundleClient:
    def __init__(self, address: str, key: str, base: int, proxy: str | None = None) -> None:
        self._address = address.rstrip("/")
        self._base = base
        self._client = httpx.AsyncClient(http2=True, timeout=2.0, headers={"x-auth": key} if key else {}, proxy=proxy)

    @retry(stop=stop_after_attempt(3))
    async def submit(self, parts: list[str], chance: dict[str, Any]) -> str:
        wanted = tip(float(chance.get("confidence", 0.0)), float(chance.get("urgency", 0.0)), self._base, 0.5)
        answer = await self._client.post(f"{self._address}/bundles", json={"params": [parts, wanted]})
        answer.raise_for_status()
        number = str(answer.json().get("result", ""))
        LOGGER.info("sent", number=number, tip=wanted)
        return number

    async def close(self) -> None:
        await self._client.aclose()


def make() -> BundleClient:
    return BundleClient("https://bundles.example.org", "", 1000, proxy="socks5://localhost:9050")


def prices(symbols):
    import requests

    wire = requests.Session()
    wire.proxies = {"https": "socks5h://localhost:9050"}
    return {one: wire.get("https://prices.example.org", params={"s": one}).json() for one in symbols}
