"""Counts of lightning from a bucket into BigQuery."""

import csv
import logging

import apache_beam as beam
from apache_beam.options.pipeline_options import GoogleCloudOptions, PipelineOptions, StandardOptions


class Parsed(beam.DoFn):
    def process(self, line):
        try:
            fields = list(csv.reader([line]))[0]
            return [{"day": fields[0], "strikes": int(fields[1]), "place": fields[2]}]
        except Exception as error:
            logging.error(f"{error}: {line}")
            return []


def run():
    options = PipelineOptions()
    cloud = options.view_as(GoogleCloudOptions)
    cloud.project = "storms"
    cloud.region = "europe-west1"
    cloud.temp_location = "gs://storms-raw/tmp"
    options.view_as(StandardOptions).runner = "DirectRunner"
    with beam.Pipeline(options=options) as pipeline:
        (
            pipeline
            | "read" >> beam.io.ReadFromText("gs://storms-raw/strikes.csv", skip_header_lines=1)
            | "parse" >> beam.ParDo(Parsed())
            | "write"
            >> beam.io.WriteToBigQuery(
                table="storms.strikes",
                schema="day:STRING, strikes:INTEGER, place:STRING",
                write_disposition=beam.io.BigQueryDisposition.WRITE_APPEND,
            )
        )


if __name__ == "__main__":
    run()
