#!/usr/bin/env python
"""Old tables of JSON lines, made tables of Iceberg."""
import logging
import sys
from typing import TYPE_CHECKING, Annotated, Any

import boto3
import cyclopts
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs as pafs
from pyiceberg.catalog.glue import GlueCatalog

if TYPE_CHECKING:
    import botocore.client

log = logging.getLogger(__name__)
app = cyclopts.App(help="Move tables of JSON lines to Iceberg.")
KEYS = frozenset({"Name", "Owner", "StorageDescriptor", "PartitionKeys", "Parameters"})


def is_iceberg(table: dict[str, Any]) -> bool:
    return table.get("Parameters", {}).get("table_type", "").upper() == "ICEBERG"


def as_input(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key in KEYS}


def files_of(s3: "botocore.client.S3", place: str) -> list[str]:
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [f"{bucket}/{one['Key']}" for page in pages for one in page.get("Contents", []) if one["Key"].endswith(".jsonl")]


def schema_of(columns: list[dict[str, Any]]) -> pa.Schema:
    return pa.schema([pa.field(column["Name"], pa.large_utf8()) for column in columns])


def restore(glue: "botocore.client.Glue", database: str, table: dict[str, Any]) -> None:
    glue.create_table(DatabaseName=database, TableInput=as_input(table))
    log.info("restored")


def counted(table) -> int:
    return len(table)


def move_one(*, glue: "botocore.client.Glue", s3: "botocore.client.S3", fs: pafs.S3FileSystem, catalog: GlueCatalog, database: str, name: str) -> bool:
    old = glue.get_table(DatabaseName=database, Name=name)["Table"]
    files = files_of(s3, old["StorageDescriptor"]["Location"])
    if files:
        dataset = ds.dataset(files, format="json", filesystem=fs)
        table = dataset.to_table()
    else:
        table = schema_of(old["StorageDescriptor"].get("Columns", [])).empty_table()
    glue.delete_table(DatabaseName=database, Name=name)
    try:
        made = catalog.create_table(identifier=(database, name), schema=table.schema)
        if counted(table):
            made.append(table)
    except Exception:
        log.exception("put it back")
        restore(glue, database, old)
        return False
    return True


@app.default
def main(env: Annotated[str, cyclopts.Parameter(help="which")] = "qa", only: str | None = None) -> None:
    glue = boto3.client("glue", region_name="us-east-1")
    s3 = boto3.client("s3", region_name="us-east-1")
    fs = pafs.S3FileSystem(region="us-east-1")
    catalog = GlueCatalog("glue", **{"glue.region": "us-east-1"})
    tables = [table for page in glue.get_paginator("get_tables").paginate(DatabaseName=f"raw_{env}") for table in page["TableList"]]
    wanted = [table["Name"] for table in tables if not is_iceberg(table) and only in (None, table["Name"])]
    if not all([move_one(glue=glue, s3=s3, fs=fs, catalog=catalog, database=f"raw_{env}", name=name) for name in wanted]):
        sys.exit(1)


if __name__ == "__main__":
    app()
