from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag

logger = logging.getLogger(__name__)

BASE = "https://films.example.org"


@dataclass
class Offer:
    name: str
    price: float | None
    address: str


class Offers:
    def __init__(self, headless: bool = True, region: str = "us") -> None:
        self._headless = headless
        self._region = region
        self._browser = None
        self._playwright = None

    async def __aenter__(self) -> "Offers":
        await self._start()
        return self

    async def __aexit__(self, *_: Any) -> None:
        if self._browser:
            await self._browser.close()
        if self._playwright:
            await self._playwright.stop()

    async def _start(self) -> None:
        from playwright.async_api import async_playwright

        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(headless=self._headless)

    async def _page(self):
        context = await self._browser.new_context(locale="en-US")
        page = await context.new_page()
        await page.route("**/*.{png,jpg}", lambda route: route.abort())
        return page

    async def offers(self, path: str) -> list[Offer]:
        page = await self._page()
        try:
            await page.goto(f"{BASE}{path}", wait_until="domcontentloaded", timeout=30_000)
            html = await page.content()
        except Exception as error:
            logger.warning("%s: %s", path, error)
            return []
        finally:
            await page.close()
        return self._parsed(html)

    @staticmethod
    def _parsed(html: str) -> list[Offer]:
        found: list[Offer] = []
        for one in BeautifulSoup(html, "html.parser").select(".offer"):
            link: Tag | None = one.select_one("a")
            price = re.search(r"[\d.]+", one.get_text(strip=True))
            found.append(Offer(one.name, float(price.group()) if price else None, link.get("href", "") if link else ""))
        return found


async def of_feed(address):
    import httpx

    async with httpx.AsyncClient(http2=True) as client:
        answer = await client.get(address)
    soup = BeautifulSoup(answer.content, features="lxml-xml")
    return [one.text for one in soup.find_all("title")]


async def every(paths):
    async with Offers() as offers:
        return [await offers.offers(one) for one in paths]
