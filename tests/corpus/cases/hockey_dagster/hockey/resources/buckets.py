"""Keeps each game as a file in a bucket, and seasons as tables."""

import json

import pandas as pd
from dagster import ConfigurableIOManager, InputContext, OutputContext
from dagster_gcp import BigQueryResource, GCSResource


class GamesInBucket(ConfigurableIOManager):
    bucket: str
    client: GCSResource

    def _blob(self, context, game, day):
        path = "/".join(context.asset_key.path) + f"/{day}/{game}.json"
        return self.client.get_client().bucket(self.bucket).blob(path)

    def _blobs(self, path, day):
        return self.client.get_client().bucket(self.bucket).list_blobs(prefix="/".join(path) + f"/{day}/")

    def load_input(self, context: InputContext):
        games = {}
        for day in context.asset_partition_keys:
            for blob in self._blobs(context.asset_key.path, day):
                number = blob.name.split("/")[-1].split(".")[0]
                games[(day, number)] = json.loads(blob.download_as_string())
        return games

    def handle_output(self, context: OutputContext, obj):
        for (day, number), game in obj.items():
            self._blob(context, number, day).upload_from_string(json.dumps(game))


class SeasonTables(ConfigurableIOManager):
    data: str
    bigquery: BigQueryResource

    def handle_output(self, context: OutputContext, obj):
        frame = pd.json_normalize(obj)
        with self.bigquery.get_client() as client:
            job = client.load_table_from_dataframe(frame, f"{self.data}.games_{context.partition_key}")
            job.result()

    def load_input(self, context: InputContext):
        with self.bigquery.get_client() as client:
            return client.query(f"select * from {self.data}.games_{context.partition_key}").to_dataframe()
