import argparse
import time

import pandas as pd
import pyarrow.dataset as ds
import s3fs
from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

TOPIC = "flights"
SCHEMA = """
{"type": "record", "name": "Flight", "fields": [
  {"name": "day", "type": "long"},
  {"name": "airline", "type": "string"},
  {"name": "delay", "type": ["null", "float"], "default": null}
]}
"""


def producer():
    return Producer({"bootstrap.servers": "localhost:29092", "linger.ms": 300, "compression.type": "lz4", "acks": "1"})


def serializer():
    registry = SchemaRegistryClient({"url": "http://localhost:8081"})
    return AvroSerializer(registry, SCHEMA, lambda flight, ctx: flight)


def records(limit):
    files = s3fs.S3FileSystem(anon=False)
    with open(".bucket") as file:
        bucket = file.read().strip()
    dataset = ds.dataset(f"{bucket}/raw/flights/year=2022", filesystem=files, format="parquet", partitioning="hive")
    frame = dataset.head(limit, columns=["day", "airline", "delay"]).to_pandas()
    frame["day"] = pd.to_datetime(frame["day"]).values.astype("datetime64[s]").astype("int64")
    frame = frame.where(pd.notnull(frame), None)
    return frame.to_dict("records")


def late(limit=1000):
    table = ds.dataset("flights/", format="parquet").to_table(filter=ds.field("delay") > 60, columns=["airline"])
    return table.group_by("airline").aggregate([("airline", "count")]).to_pylist()[:limit]


def sent(rows):
    to = producer()
    written = serializer()
    ctx = SerializationContext(TOPIC, MessageField.VALUE)
    begun = time.time()
    for number, row in enumerate(rows):
        try:
            to.produce(topic=TOPIC, value=written(row, ctx))
        except BufferError:
            to.poll(0.1)
            to.produce(topic=TOPIC, value=written(row, ctx))
        if number % 10000 == 0:
            to.poll(0)
    to.flush()
    return len(rows) / (time.time() - begun)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=int, default=1000000)
    print(f"{sent(records(parser.parse_args().limit)):.0f} a second")


if __name__ == "__main__":
    main()
