import asyncio
import logging
import os
from concurrent.futures import ThreadPoolExecutor

import redis
from faust import App

from traffic.incidents import Incidents
from traffic.model import Net
from traffic.places import placed

logger = logging.getLogger(__name__)
net = Net()
incidents = Incidents()

app = App("traffic", broker=f"kafka://{os.getenv('BROKERS', 'broker:9092')}", store="rocksdb://")
raw = app.topic("raw", value_type=dict)
alerts = app.topic("alerts", value_type=dict)
dead = app.topic("dead", value_type=dict)
executor = ThreadPoolExecutor(max_workers=2)


@app.page("/healthz")
async def health(web, request):
    return web.json({"status": "ok"})


async def bury(event, error):
    try:
        await asyncio.wait_for(dead.send(value={"event": event, "error": error}), timeout=2.0)
    except Exception as failure:
        logger.error("dead letters: %s", failure)


@app.agent(raw, concurrency=4)
async def watch(stream):
    async for event in stream:
        loop = asyncio.get_running_loop()
        bad, share = await loop.run_in_executor(executor, net.predict, event.get("query", ""))
        if not bad:
            continue
        alert = await placed({"source": event["source"], "share": share})
        try:
            incident = await loop.run_in_executor(executor, incidents.add, alert)
        except redis.RedisError as error:
            await bury(event, str(error))
            continue
        await alerts.send(value=incident or alert)


@app.timer(60.0)
async def told():
    logger.info("%s", app.conf.id)


def main():
    app.main()


if __name__ == "__main__":
    main()
