import io
import logging
from datetime import datetime
from zipfile import ZipFile

import azure.functions as func
import duckdb
import pandas as pd
import polars as pl
import requests
from azure.core.exceptions import ResourceNotFoundError
from azure.identity import DefaultAzureCredential
from azure.storage.filedatalake import DataLakeServiceClient
from deltalake import DeltaTable

from bikes.settings import ACCOUNT, BRONZE, OPTIONS, SILVER

logging.getLogger("azure").setLevel(logging.ERROR)
log = logging.getLogger(__name__)
bp = func.Blueprint()


def lake():
    return DataLakeServiceClient(f"https://{ACCOUNT}.dfs.core.windows.net", credential=DefaultAzureCredential())


def fetched(url):
    answer = requests.get(url, timeout=60)
    answer.raise_for_status()
    with ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".csv")}


def landed(url):
    system = lake().get_file_system_client("bronze")
    for name, content in fetched(url).items():
        try:
            system.get_file_client(name).get_file_properties()
        except ResourceNotFoundError:
            system.get_file_client(name).upload_data(content, overwrite=True)


def parsed(content: bytes) -> pl.DataFrame:
    rows = pl.read_csv(io.BytesIO(content), try_parse_dates=True)
    return rows.with_columns((pl.col("ended") - pl.col("started")).alias("took"))


def appended(rows):
    rows.write_delta(SILVER, mode="append", storage_options=OPTIONS)


@bp.blob_trigger(arg_name="blob", path="bronze/{name}.csv", connection="Lake")
def arrived(blob: func.InputStream):
    appended(parsed(blob.read()))
    log.info("%s stored", blob.name)


def vacuumed(hours=168):
    table = DeltaTable(SILVER, storage_options=OPTIONS)
    table.optimize.compact()
    return table.vacuum(retention_hours=hours, dry_run=False)


def per_station(day: datetime):
    rows = pl.scan_delta(SILVER, storage_options=OPTIONS).filter(pl.col("started") >= day)
    return rows.group_by("station").agg(pl.len().alias("trips")).collect()


def busiest(day):
    counts = per_station(day)
    return duckdb.sql("select * from counts order by trips desc limit 10").pl()


def stations(name="stations.xlsx"):
    return pl.read_excel(name, sheet_name="open")


def raw(name):
    return pd.read_csv(f"{BRONZE}/{name}.csv", storage_options={"account_name": ACCOUNT})


def rates():
    return pl.read_database_uri("select * from rates", "mssql://reader@rates/prod")


def weather(day):
    frame = duckdb.connect("weather.db").execute("select * from weather where day = ?", [day]).df()
    return pl.from_pandas(frame)
