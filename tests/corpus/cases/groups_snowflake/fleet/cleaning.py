import io

import pandas as pd
from dagster import AssetExecutionContext

BUCKET = "fleet-raw"


def newest_key(s3, prefix):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    found = [one for page in pages for one in page.get("Contents", [])]
    return max(found, key=lambda one: one["LastModified"])["Key"]


def pulled(context: AssetExecutionContext, s3, key: str, drop=None) -> pd.DataFrame:
    path = newest_key(s3, key)
    body = s3.get_object(Bucket=BUCKET, Key=path)["Body"].read()
    table = pd.read_parquet(io.BytesIO(body))
    table.columns = [one.lower() for one in table.columns]
    if drop:
        table = table.drop(columns=drop, errors="ignore")
    context.log.info(f"{len(table)} rows of {path}")
    return table


def match_schema(context: AssetExecutionContext, table: pd.DataFrame) -> None:
    name = context.asset_key.path[-1].upper()
    with context.resources.warehouse.get_connection() as connection:
        cursor = connection.cursor()
        cursor.execute(f"describe table {name}")
        known = {row[0].lower() for row in cursor.fetchall()}
        for column in set(table.columns) - known:
            cursor.execute(f"alter table {name} add column {column} varchar")
