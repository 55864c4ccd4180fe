import logging
from datetime import datetime, timedelta

import pandas as pd
import polars as pl

from src.storage.settings.keys import ENDPOINT, KEY, SECRET
from src.storage.settings.paths import Bronze, Silver
from src.storage.tools.connect import s3_client

log = logging.getLogger(__name__)

OPTIONS = {"endpoint_url": ENDPOINT, "aws_access_key_id": KEY, "aws_secret_access_key": SECRET}


def read_bronze(site: str, entity: str, first: str, last: str) -> pl.LazyFrame | None:
    client = s3_client()
    day, end = datetime.strptime(first, "%Y-%m-%d"), datetime.strptime(last, "%Y-%m-%d")
    paths = []
    while day <= end:
        here = Bronze(site, entity, day.strftime("%Y"), day.strftime("%m"), day.strftime("%d"))
        try:
            if "Contents" in client.list_objects_v2(Bucket="bronze", Prefix=here.prefix()):
                paths.append(here.files())
        except Exception as error:
            log.error(f"{here.prefix()}: {error}")
        day += timedelta(days=1)
    if not paths:
        return None
    try:
        return pl.scan_ndjson(paths, storage_options=OPTIONS, ignore_errors=True)
    except Exception as error:
        log.error(f"not read: {error}")
        return None


def cleaned(rows: pl.LazyFrame) -> pl.DataFrame:
    return rows.unique("id").with_columns(pl.col("title").str.to_lowercase()).collect()


def to_silver(frame: pl.DataFrame, entity: str) -> None:
    frame.write_delta(Silver(entity).table(), mode="append", storage_options=OPTIONS)


def read_silver(entity: str) -> pl.LazyFrame:
    return pl.scan_delta(Silver(entity).table(), storage_options=OPTIONS)


def report(entity: str, path: str) -> None:
    counts = read_silver(entity).group_by("site").len().collect().to_pandas()
    counts.to_parquet(path, storage_options={"key": KEY, "secret": SECRET, "client_kwargs": {"endpoint_url": ENDPOINT}})


def read_report(path: str) -> pd.DataFrame:
    return pd.read_parquet(path, storage_options={"key": KEY, "secret": SECRET})


if __name__ == "__main__":
    rows = read_bronze("a", "jobs", "2025-01-01", "2025-01-31")
    if rows is not None:
        to_silver(cleaned(rows), "jobs")
        report("jobs", "s3://gold/jobs.parquet")
        print(read_report("s3://gold/jobs.parquet"))
