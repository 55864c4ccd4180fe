from __future__ import annotations

import asyncio
import sys
from decimal import Decimal
from pathlib import Path
from typing import Iterable
from urllib.parse import urljoin, urlparse

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import httpx
from anyio import Semaphore
from dairy.bot.config import settings
from dairy.bot.db.models import Category, Product
from dairy.bot.db.session import async_session, session
from dairy.tools.fetching import Fetcher, NotAllowed
from loguru import logger
from price_parser import Price
from redis.asyncio import Redis
from selectolax.parser import HTMLParser, Node
from sqlalchemy import select
from sqlalchemy.orm import Session

BASE = "https://dairy.example.org"
SEEDS = [(f"{BASE}/milk.html", "Milk"), (f"{BASE}/cheese.html", "Cheese")]


def absolute(href: str) -> str:
    return urljoin(BASE + "/", href)


def text_of(node: Node | None) -> str:
    return "" if node is None else " ".join(node.text().split())


def image_of(block: Node) -> str | None:
    image = block.css_first("img")
    source = image.attributes.get("src") if image is not None else None
    return absolute(source) if source else None


def price_of(node):
    return Price.fromstring(text_of(node)).amount or Decimal("0")


def products_of(html: str, category: str) -> list[dict]:
    found = []
    for item in HTMLParser(html).css("div.item"):
        link = item.css_first("h2 a")
        if link is None:
            continue
        found.append({"name": text_of(link), "url": absolute(link.attributes.get("href", "")), "image": image_of(item), "price": price_of(item.css_first(".price")), "category": category})
    return found


def more_pages(html: str, limit: int = 40) -> list[str]:
    links = (absolute(node.attributes.get("href") or "") for node in HTMLParser(html).css("a"))
    return [link for link in links if link.endswith(".html") and urlparse(link).netloc == urlparse(BASE).netloc][:limit]


def category_named(db: Session, name: str) -> Category:
    row = db.scalars(select(Category).where(Category.name == name)).first()
    if row is None:
        row = Category(name=name)
        db.add(row)
        db.flush()
    return row


def put(db: Session, items: Iterable[dict]) -> tuple[int, int]:
    new = old = 0
    for item in items:
        try:
            category = category_named(db, item["category"])
            known = db.scalars(select(Product).where(Product.source_url == item["url"])).first()
            if known:
                known.price, old = item["price"], old + 1
            else:
                db.add(Product(category_id=category.id, name=item["name"], price=item["price"], source_url=item["url"]))
                new += 1
        except Exception as fault:
            logger.exception("left out {}: {}", item.get("name"), fault)
    return new, old


def told(new: int, old: int) -> str:
    return f"{new} new, {old} known"


async def collect() -> list[dict]:
    found, queue, seen = [], list(SEEDS), set()
    async with httpx.AsyncClient(headers={"User-Agent": "dairy"}) as client:
        fetcher = Fetcher(client=client, limit=Semaphore(4), redis=Redis.from_url(settings().redis_url))
        while queue and len(seen) < 60:
            url, category = queue.pop(0)
            if url in seen or await fetcher.seen(url):
                continue
            seen.add(url)
            try:
                page = await fetcher.page(url)
            except (NotAllowed, httpx.HTTPError) as fault:
                logger.warning("{}: {}", url, fault)
                continue
            html = page.body.decode()
            found.extend(products_of(html, category))
            queue.extend((link, category) for link in more_pages(html))
    return found


async def count() -> int:
    async with async_session() as db:
        return len((await db.scalars(select(Product))).all())


def cheapest(products, limit=5):
    return [product.as_row() for product in sorted(products, key=lambda one: one.price)[:limit]]


def main() -> None:
    logger.remove()
    logger.add(sys.stderr, level=settings().level)
    items = asyncio.run(collect())
    with session() as db:
        logger.info(told(*put(db, items)))
        for row in cheapest(db.scalars(select(Product)).all()):
            logger.info("{}", row)


if __name__ == "__main__":
    main()
