"""Batches of events out of Redpanda, by way of Polars, into Postgres."""

import asyncio
import json
import os
from datetime import timedelta

import asyncpg
import polars as pl
from aiokafka import AIOKafkaConsumer
from asgiref.sync import sync_to_async
from prometheus_client import Counter, start_http_server

STORED = Counter("events_stored", "events in the table")
TABLE = "events"


class Worker:
    def __init__(self, brokers, dsn):
        self.brokers = brokers
        self.dsn = dsn
        self.pool = None

    async def run(self):
        self.pool = await asyncpg.create_pool(self.dsn)
        consumer = AIOKafkaConsumer(
            "events", "reports", bootstrap_servers=self.brokers, group_id="worker", enable_auto_commit=False
        )
        await consumer.start()
        try:
            while True:
                batch = await consumer.getmany(timeout_ms=1000, max_records=100)
                for topic, messages in batch.items():
                    rows = []
                    for message in messages:
                        try:
                            rows.append(json.loads(message.value.decode("utf-8")))
                        except ValueError as fault:
                            print(fault)
                    if topic.topic == "events" and rows:
                        await self.store(pl.DataFrame(rows))
                    elif rows:
                        await self.report(rows)
                await consumer.commit()
        finally:
            await consumer.stop()

    async def store(self, df: pl.DataFrame):
        clean = tidy(df)
        rows = [
            (row["url"], row["status"], timedelta(seconds=row["seconds"])) for row in clean.iter_rows(named=True)
        ]
        async with self.pool.acquire() as connection:
            await connection.copy_records_to_table(TABLE, records=rows)
        STORED.inc(len(rows))

    @sync_to_async
    def report(self, rows):
        with open("reports.txt", "a") as file:
            for row in rows:
                file.write(f"{row['report']}\n")


def path_of(url):
    from urllib.parse import urlparse

    path = urlparse(url).path.strip("/") if url else ""
    return "health" if "health" in path else path or "home"


def tidy(df):
    return (
        df.filter(pl.col("url").is_not_null())
        .with_columns(pl.col("url").map_elements(path_of, return_dtype=pl.Utf8))
        .unique(subset=["url", "at"])
    )


def main():
    start_http_server(9000)
    worker = Worker(os.getenv("BROKERS", "localhost:9092"), os.environ["DSN"])
    asyncio.run(worker.run())


if __name__ == "__main__":
    main()
