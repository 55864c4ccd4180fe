from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from random import randint

import pandas as pd
from prefect import flow, task
from prefect.tasks import task_input_hash
from prefect_gcp import GcpCredentials
from prefect_gcp.cloud_storage import GcsBucket

BASE = "https://example.org/trips"


@task(retries=3, cache_key_fn=task_input_hash, cache_expiration=timedelta(days=1))
def fetch(url: str) -> pd.DataFrame:
    if randint(0, 9) > 8:
        raise RuntimeError("try again")
    return pd.read_parquet(url, engine="fastparquet")


@task(log_prints=True)
def clean(frame: pd.DataFrame) -> pd.DataFrame:
    frame["begin"] = pd.to_datetime(frame["begin"])
    print(frame.dtypes)
    return frame[frame["riders"] != 0]


@task
def count(frame) -> int:
    return len(frame.drop_duplicates())


@task
def write_local(frame: pd.DataFrame, colour: str, name: str) -> Path:
    path = Path("data") / colour / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, compression="gzip")
    return path


@task
def upload(path: Path) -> None:
    block = GcsBucket.load("trips")
    block.upload_from_path(from_path=str(path), to_path=path.as_posix())


@task
def into_bigquery(frame) -> None:
    credentials = GcpCredentials.load("trips-creds")
    frame.to_gbq(
        destination_table="trips.rides",
        project_id=os.environ["PROJECT"],
        credentials=credentials.get_credentials_from_service_account(),
        if_exists="append",
    )


@task
def name_of(colour: str, year: int, month: int) -> str:
    return f"{colour}_{year}-{month:02}"


@flow
def month_of(colour: str, year: int, month: int) -> int:
    name = name_of(colour, year, month)
    frame = clean(fetch(f"{BASE}/{name}.parquet"))
    upload(write_local(frame, colour, name))
    into_bigquery(frame)
    return count(frame)


@flow(log_prints=True)
def parent(months: list[int] = [1, 2], year: int = 2021, colour: str = "amber"):
    print(sum(month_of(colour, year, month) for month in months))


if __name__ == "__main__":
    parent(months=[4, 5], year=2022)
