import argparse
import json
import logging

import apache_beam as beam
from apache_beam.coders import FloatCoder
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.transforms.trigger import AccumulationMode, AfterWatermark
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec
from apache_beam.transforms.window import FixedWindows

SECONDS = 60
LIMIT = 2.5
RAW = "coin:STRING, price:FLOAT, at:TIMESTAMP, change:FLOAT, odd:BOOLEAN"
WINDOWS = "coin:STRING, start:TIMESTAMP, until:TIMESTAMP, mean:FLOAT, low:FLOAT, high:FLOAT"


def parsed(raw: bytes) -> dict:
    return json.loads(raw.decode("utf-8"))


class Moves(beam.DoFn):
    LAST = ReadModifyWriteStateSpec("last", FloatCoder())

    def process(self, element, last=beam.DoFn.StateParam(LAST)):
        coin, message = element
        price = float(message["price"])
        before = last.read()
        change = 0.0 if before is None else round((price - before) / before * 100, 3)
        last.write(price)
        yield {"coin": coin, "price": price, "at": message["at"], "change": change, "odd": abs(change) >= LIMIT}


class Prices(beam.CombineFn):
    def create_accumulator(self):
        return {"count": 0, "sum": 0.0, "low": None, "high": None}

    def add_input(self, sums, price):
        sums["count"] += 1
        sums["sum"] += price
        sums["low"] = price if sums["low"] is None else min(sums["low"], price)
        sums["high"] = price if sums["high"] is None else max(sums["high"], price)
        return sums

    def merge_accumulators(self, several):
        whole = self.create_accumulator()
        for one in several:
            whole["count"] += one["count"]
            whole["sum"] += one["sum"]
        return whole

    def extract_output(self, sums):
        if not sums["count"]:
            return None
        return {"mean": round(sums["sum"] / sums["count"], 3), "low": sums["low"], "high": sums["high"]}


def with_window(element, window=beam.DoFn.WindowParam):
    coin, sums = element
    return {
        "coin": coin,
        "start": window.start.to_utc_datetime().isoformat(),
        "until": window.end.to_utc_datetime().isoformat(),
        **sums,
    }


def run(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--subscription", required=True)
    parser.add_argument("--dataset", default="coins")
    known, rest = parser.parse_known_args(argv)
    options = PipelineOptions(rest)
    options.view_as(StandardOptions).streaming = True
    project = options.get_all_options().get("project")
    with beam.Pipeline(options=options) as pipeline:
        events = (
            pipeline
            | "read" >> beam.io.ReadFromPubSub(subscription=known.subscription)
            | "parse" >> beam.Map(parsed)
            | "key" >> beam.Map(lambda message: (message["coin"], message))
        )
        (
            events
            | "moves" >> beam.ParDo(Moves())
            | "raw" >> beam.io.WriteToBigQuery(f"{project}:{known.dataset}.raw", schema=RAW)
        )
        (
            events
            | "price" >> beam.MapTuple(lambda coin, message: (coin, float(message["price"])))
            | "window"
            >> beam.WindowInto(
                FixedWindows(SECONDS), trigger=AfterWatermark(), accumulation_mode=AccumulationMode.DISCARDING
            )
            | "prices" >> beam.CombinePerKey(Prices())
            | "with window" >> beam.Map(with_window)
            | "windows" >> beam.io.WriteToBigQuery(f"{project}:{known.dataset}.windows", schema=WINDOWS)
        )


if __name__ == "__main__":
    logging.getLogger().setLevel(logging.INFO)
    run()
