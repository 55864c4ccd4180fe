"""How many cafes and libraries towns have: asked, kept, counted by dbt, and handed to a board."""

import json
import os
from datetime import datetime

import requests
from dagster import (
    AssetExecutionContext,
    AssetKey,
    Config,
    Definitions,
    ScheduleDefinition,
    asset,
    define_asset_job,
)
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets
from dagster_gcp import BigQueryResource
from dotenv import load_dotenv
from google.cloud import storage
from warehouse.columns import to_columns
from warehouse.tables import load_table

load_dotenv()

HERE = os.path.dirname(__file__)


class Translator(DagsterDbtTranslator):
    def get_deps_asset_keys(self, properties):
        keys = super().get_deps_asset_keys(properties)
        if properties.get("name") == "board":
            keys.add(AssetKey(["table_of_places"]))
        return keys


class PlacesConfig(Config):
    project: str = os.getenv("GCP_PROJECT", "places")
    bucket: str = os.getenv("PLACES_BUCKET", "places-raw")
    pattern: str = os.getenv("PLACES_PATTERN", "places/*.json")
    target: str = os.getenv("PLACES_TARGET", "done/places.parquet")
    dataset: str = "places"
    table: str = "raw_places"
    key: str = os.getenv("PLACES_KEY", "")


@asset(group_name="asked")
def asked_places(context: AssetExecutionContext, config: PlacesConfig) -> str:
    if not config.key:
        raise ValueError("PLACES_KEY is not set")
    with open(os.path.join(HERE, "towns.json")) as file:
        towns = json.load(file)
    headers = {"Content-Type": "application/json"}

    def count(town, kind, rating=None):
        wanted = {"where": town, "kinds": [kind]}
        if rating:
            wanted["rating"] = {"least": rating}
        answer = requests.post(
            "https://places.example.org/v1/count",
            params={"key": config.key},
            headers=headers,
            json=wanted,
            timeout=12,
        )
        answer.raise_for_status()
        return answer.json()

    results = {}
    for name, town in towns.items():
        try:
            results[name] = {"cafes": count(town, "cafe"), "good_cafes": count(town, "cafe", 4.4)}
            context.log.info(f"{name} is there")
        except Exception as error:
            context.log.error(f"{name}: {error}")
            results[name] = {"error": str(error)}

    bucket = storage.Client(project=config.project).bucket(config.bucket)
    name = f"places/places_{datetime.now():%Y%m%d_%H%M%S}.json"
    bucket.blob(name).upload_from_string(json.dumps(results), content_type="application/json")
    return f"gs://{config.bucket}/{name}"


@asset(deps=[asked_places], group_name="prepared")
def columns_of_places(context: AssetExecutionContext, config: PlacesConfig) -> str:
    address = to_columns(
        bucket_name=config.bucket, pattern=config.pattern, target=config.target, project=config.project
    )
    if address:
        return address
    context.log.info("nothing new")
    return f"gs://{config.bucket}/{config.target}"


@asset(deps=[columns_of_places], group_name="warehouse")
def table_of_places(context: AssetExecutionContext, config: PlacesConfig, columns_of_places: str) -> str:
    load_table(address=columns_of_places, project=config.project, dataset=config.dataset, table=config.table)
    context.log.info(f"{config.dataset}.{config.table}")
    return f"{config.dataset}.{config.table}"


@dbt_assets(
    manifest=os.path.join(HERE, "models", "target", "manifest.json"),
    dagster_dbt_translator=Translator(),
)
def models_of_places(context: AssetExecutionContext, dbt: DbtCliResource):
    yield from dbt.cli(["build"], context=context).stream()


@asset(deps=[models_of_places], group_name="board")
def board_of_places(context: AssetExecutionContext, config: PlacesConfig, bigquery: BigQueryResource) -> str:
    folder = os.path.join(HERE, "board", "data")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "board.duckdb")
    with bigquery.get_client() as client:
        frame = client.query(f"SELECT * FROM `{config.project}.{config.dataset}.board`").to_dataframe()
        if frame.empty:
            import duckdb
            import pandas as pd

            nothing = pd.DataFrame(columns=["town", "kind", "count"])
            connection = duckdb.connect(path)
            connection.execute("CREATE OR REPLACE TABLE board AS SELECT * FROM nothing")
            connection.close()
            return path
        import duckdb

        connection = duckdb.connect(path)
        connection.execute("CREATE OR REPLACE TABLE board AS SELECT * FROM frame")
        connection.close()
        context.log.info(f"{len(frame)} rows, {frame['town'].nunique()} towns")
        return path


@asset(deps=[board_of_places], group_name="board")
def shown_board(context: AssetExecutionContext, board_of_places: str) -> str:
    context.log.info(f"to be shown: {board_of_places}")
    return "shown"


places_job = define_asset_job(
    name="places",
    selection=[asked_places, columns_of_places, table_of_places, models_of_places, board_of_places, shown_board],
)

defs = Definitions(
    assets=[asked_places, columns_of_places, table_of_places, models_of_places, board_of_places, shown_board],
    jobs=[places_job],
    schedules=[ScheduleDefinition(job=places_job, cron_schedule="0 5 * * *", name="each_morning")],
    resources={
        "bigquery": BigQueryResource(project=os.getenv("GCP_PROJECT", "places")),
        "dbt": DbtCliResource(project_dir=os.path.join(HERE, "models")),
    },
)
