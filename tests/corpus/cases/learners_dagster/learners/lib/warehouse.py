"""Tables of the lake: by their place in Glue, as lazy frames."""
import logging
import os
from functools import cache

import boto3
import polars as pl
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import NoSuchTableError

log = logging.getLogger(__name__)
SUFFIX = {"ci": "qa", "production": "production"}.get(os.environ.get("LEARNERS_ENV", "ci"), "qa")


@cache
def catalog():
    return load_catalog("glue", **{"type": "glue", "glue.region": "us-east-1"})


def place_of(database: str, table: str) -> str:
    found = boto3.client("glue").get_table(DatabaseName=database, Name=table)
    return found["Table"]["Parameters"]["metadata_location"]


def model_frame(database: str, table: str) -> pl.LazyFrame:
    return pl.scan_iceberg(place_of(f"{database}_{SUFFIX}", table))


def append(database: str, table: str, frame: pl.DataFrame) -> int:
    try:
        kept = catalog().load_table((database, table))
    except NoSuchTableError:
        kept = catalog().create_table((database, table), schema=frame.to_arrow().schema)
    kept.append(frame.to_arrow())
    return rows_of(kept.current_snapshot())


def rows_of(snapshot):
    if snapshot and snapshot.summary:
        return int(snapshot.summary.get("total-records", "0"))
    log.warning("no snapshot")
    return 0
