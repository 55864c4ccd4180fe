import io
import os

import azure.functions as func
import polars as pl
from deltalake import DeltaTable

LAKE = "abfss://lake@rides.dfs.core.windows.net"
bp = func.Blueprint()


def options():
    return {"account_name": os.environ["ACCOUNT"], "account_key": os.environ["ACCOUNT_KEY"]}


@bp.blob_trigger(arg_name="blob", path="in/{name}.parquet", connection="Storage")
def to_delta(blob: func.InputStream):
    frame = pl.read_parquet(io.BytesIO(blob.read()))
    frame.write_delta(f"{LAKE}/rides", mode="append", storage_options=options())


@bp.timer_trigger(arg_name="timer", schedule="0 0 3 * * *")
def compact(timer: func.TimerRequest):
    DeltaTable(f"{LAKE}/rides", storage_options=options()).optimize.compact()


def rides():
    return pl.scan_delta(f"{LAKE}/rides", storage_options=options())


def by_day(out):
    rides().group_by("day").agg(pl.len()).collect().write_excel(out)


def as_pandas(day):
    return rides().filter(pl.col("day") == day).collect().to_pandas()


def publish(path, container="out"):
    from azure.identity import DefaultAzureCredential
    from azure.storage.blob import BlobClient

    client = BlobClient("https://rides.blob.core.windows.net", container, path, credential=DefaultAzureCredential())
    with open(path, "rb") as file:
        client.upload_blob(file, overwrite=True)
