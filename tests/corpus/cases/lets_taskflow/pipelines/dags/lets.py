from __future__ import annotations

import logging
import sys
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
from airflow.sdk import Variable, dag, task
from airflow.sdk.bases.hook import BaseHook

HERE = Path(__file__).resolve().parents[1]
ROOT = Path(__file__).resolve().parents[2]

if str(HERE) not in sys.path:
    sys.path.append(str(HERE))

from tasks.lets.cleaning import cleaned, read_lets, write_clean, write_report  # noqa: E402

log = logging.getLogger(__name__)


def split_path(address: str) -> tuple[str, str]:
    bucket, found, key = address.removeprefix("s3://").strip().partition("/")
    if not bucket or not found or not key:
        raise ValueError(f"no bucket or no key: {address}")
    return bucket, key


def rows_of(settings: dict[str, Any]) -> pd.DataFrame:
    if settings["source"] == "bucket":
        from airflow.providers.amazon.aws.hooks.s3 import S3Hook

        bucket, key = split_path(settings["address"])
        hook = S3Hook(aws_conn_id=settings["connection"])
        if not hook.check_for_key(key=key, bucket_name=bucket):
            raise FileNotFoundError(settings["address"])
        body = hook.get_key(key=key, bucket_name=bucket).get()["Body"].read()
        return pd.read_csv(BytesIO(body), low_memory=False)
    return read_lets(settings["file"])


def uploaded(file: str, address: str, connection: str) -> str:
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    path = Path(file)
    if not path.exists():
        raise FileNotFoundError(file)
    bucket, folder = split_path(address)
    key = f"{folder.strip('/')}/{path.name}"
    S3Hook(aws_conn_id=connection).load_file(filename=str(path), key=key, bucket_name=bucket, replace=True)
    return f"s3://{bucket}/{key}"


@dag(
    dag_id="lets",
    start_date=datetime(2025, 2, 1),
    schedule="@daily",
    catchup=False,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=5)},
)
def lets():
    @task
    def settings() -> dict[str, Any]:
        source = Variable.get("lets_source", default_var="file").lower()
        connection = Variable.get("lets_connection", default_var="aws_default")
        try:
            found = BaseHook.get_connection(connection)
            log.info("%s is of %s", connection, found.conn_type)
        except Exception as error:
            log.warning("%s is not there: %s", connection, error)
        return {
            "source": source,
            "file": Variable.get("lets_file", default_var=str(ROOT / "lets.csv")),
            "address": Variable.get("lets_address", default_var="lets/raw/lets.csv"),
            "connection": connection,
            "folder": str(ROOT / "out"),
        }

    @task
    def extracted(settings: dict[str, Any]) -> dict[str, Any]:
        rows = rows_of(settings)
        return {**settings, "count": len(rows), "columns": list(rows.columns)}

    @task
    def transformed(extraction: dict[str, Any]) -> dict[str, Any]:
        rows, figures = cleaned(rows_of(extraction))
        file = write_clean(rows, extraction["folder"])
        log.info("%s of %s", file, figures)
        return {"file": file, "figures": figures, "folder": extraction["folder"], "connection": extraction["connection"]}

    @task
    def reported(made: dict[str, Any], kind: str) -> str:
        return write_report(made["figures"], made["folder"], kind)

    @task
    def kept(file: str, made: dict[str, Any]) -> str | None:
        if not made["connection"]:
            return None
        return uploaded(file, "lets/clean/", made["connection"])

    made = transformed(extracted(settings()))
    reports = reported.partial(made=made).expand(kind=["txt", "json"])
    kept(made["file"], made)
    kept.partial(made=made).expand(file=reports)


lets()
