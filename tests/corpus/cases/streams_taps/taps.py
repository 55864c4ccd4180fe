import asyncio
import json
import logging
import os
import signal
import uuid
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2
import psycopg2.extras
import redis
import sentry_sdk
from confluent_kafka import Consumer, KafkaError, Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from prometheus_client import Counter, start_http_server
from tenacity import retry, stop_after_attempt, wait_exponential

logging.basicConfig(level="INFO")
logger = logging.getLogger("taps")
SEEN = Counter("taps_seen", "Messages", ["topic"])
cache = redis.Redis(host=os.getenv("REDIS", "localhost"), decode_responses=True)
TOPIC = "taps"


@dataclass
class Reading:
    tap: str
    litres: float

    @classmethod
    def parse(cls, raw):
        return cls(**json.loads(raw))


@contextmanager
def connection():
    open_one = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        yield open_one
        open_one.commit()
    except psycopg2.DatabaseError:
        open_one.rollback()
        raise
    finally:
        open_one.close()


@retry(stop=stop_after_attempt(4), wait=wait_exponential())
def consumer(group="readers"):
    one = Consumer({"bootstrap.servers": os.environ["KAFKA"], "group.id": group})
    one.subscribe([TOPIC])
    return one


def messages(source, limit=None):
    number = 0
    while limit is None or number < limit:
        message = source.poll(1.0)
        if message is None:
            continue
        if message.error():
            if message.error().code() != KafkaError._PARTITION_EOF:
                raise RuntimeError(message.error())
            continue
        SEEN.labels(TOPIC).inc()
        number += 1
        yield message.value()


def is_new(reading):
    return cache.set(f"tap:{reading.tap}:{reading.litres}", 1, nx=True, ex=3600)


def total(readings):
    return sum(one.litres for one in readings)


def store(cursor, readings):
    rows = [(uuid.uuid4().hex, one.tap, one.litres) for one in readings]
    psycopg2.extras.execute_values(cursor, "insert into readings values %s", rows)


def last_of(cursor):
    cursor.execute("select max(at) from readings")
    return cursor.fetchone()[0]


def publish(number, producer=None):
    producer = producer or Producer({"bootstrap.servers": os.environ["KAFKA"]})
    producer.produce("totals", json.dumps({"total": number}))
    producer.flush()


def handle(batch):
    try:
        readings = [one for one in map(Reading.parse, batch) if is_new(one)]
        with connection() as db, db.cursor() as cursor:
            store(cursor, readings)
            logger.info("last: %s", last_of(cursor))
        publish(total(readings))
    except Exception as fault:
        sentry_sdk.capture_exception(fault)
        logger.exception("lost a batch")


def schema(name):
    return SchemaRegistryClient({"url": os.environ["SCHEMAS"]}).get_latest_version(name)


def stop(number, frame):
    logger.info("signal %s", number)
    raise SystemExit


async def beat(seconds=5):
    while True:
        cache.set("taps:alive", 1, ex=30)
        await asyncio.sleep(seconds)


def main():
    signal.signal(signal.SIGTERM, stop)
    start_http_server(9000)
    batch = []
    for message in messages(consumer()):
        batch.append(message)
        if len(batch) == 100:
            handle(batch)
            batch = []


if __name__ == "__main__":
    main()
