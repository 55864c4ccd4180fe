import fsspec
import polars as pl
from deltalake import DeltaTable

from .paths import WAREHOUSE, day_path


def load_day(day):
    return pl.scan_parquet(f"{WAREHOUSE}/{day_path(day)}/*.parquet")


def write_table(frame: pl.DataFrame, name: str) -> None:
    frame.write_delta(f"{WAREHOUSE}/{name}", mode="append")


def vacuum(name):
    DeltaTable(f"{WAREHOUSE}/{name}").vacuum()


def listed(pattern="raw/*"):
    return fsspec.filesystem("s3").glob(f"{WAREHOUSE}/{pattern}")
