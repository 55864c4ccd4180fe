import asyncio
import json
import logging
import os
import sys
from concurrent import futures

import aiohttp
import redis.asyncio as redis
from google.cloud import pubsub_v1

from settings import Wanted, shortened, target_of

URL = "https://archive.example.org/requests"
BY_REDIS = False

two = asyncio.Semaphore(2)

log = logging.getLogger(__name__)


def header(wanted: Wanted) -> dict[str, str]:
    key = wanted.more.get("key", os.environ.get("ARCHIVE_KEY"))
    mail = wanted.more.get("mail", os.environ.get("ARCHIVE_MAIL"))
    if not key or not mail:
        print("no key")
        sys.exit()
    return {"Accept": "application/json", "From": mail, "X-KEY": key}


def letter(wanted, result):
    return json.dumps({"user": wanted.user, "url": result["href"], "target": target_of(wanted)})


async def by_redis(wanted, result):
    r = redis.from_url("redis://localhost")
    await r.publish("ready", letter(wanted, result))


def by_pubsub(wanted, result):
    publisher = pubsub_v1.PublisherClient()
    future = publisher.publish("projects/a/topics/ready", letter(wanted, result).encode("utf-8"))
    futures.wait([future], return_when=futures.ALL_COMPLETED)


async def finished(name: str, session: aiohttp.ClientSession, headers: dict, event: asyncio.Event) -> None:
    while True:
        async with session.get(f"{URL}/{name}", headers=headers, allow_redirects=False) as response:
            response = await response.json()
            if response["code"] in (200, 303):
                event.set()
                return response.get("result", response)
        await asyncio.sleep(60)


async def submit(one: Wanted) -> None:
    async with aiohttp.ClientSession() as session:
        async with two:
            headers = header(one)
            async with session.post(URL, data=json.dumps(shortened(one.selection)), headers=headers) as response:
                name = (await response.json()).get("name")
                event = asyncio.Event()
                task = asyncio.get_event_loop().create_task(finished(name, session, headers, event))
                await event.wait()
                result = task.result()
                if BY_REDIS:
                    await by_redis(one, result)
                else:
                    by_pubsub(one, result)


async def all_of(wanted: list):
    await asyncio.gather(*[asyncio.ensure_future(submit(one=one)) for one in wanted])
