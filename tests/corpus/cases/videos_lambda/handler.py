import json
import logging
import os
from datetime import datetime, timezone
from urllib.parse import unquote_plus

import awswrangler as wr
import boto3
import pandas as pd

logger = logging.getLogger()
logger.setLevel(logging.INFO)

SILVER = os.environ["SILVER_BUCKET"]
BASE = os.environ.get("GLUE_BASE", "videos")
TABLE = os.environ.get("GLUE_TABLE", "kinds")
TOPIC = os.environ.get("ALERT_TOPIC", "")
RAW = os.environ.get("RAW_BUCKET", "")
WHERE = f"s3://{SILVER}/videos/kinds/"

s3 = boto3.client("s3")
sns = boto3.client("sns")


def read_json(bucket: str, key: str) -> dict:
    answer = s3.get_object(Bucket=bucket, Key=key)
    return json.loads(answer["Body"].read().decode("utf-8"))


def checked(rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        raise ValueError("no rows")
    missing = {"id", "snippet.title"} - set(rows.columns)
    if missing:
        logger.warning("missing: %s", missing)
    if "id" in rows.columns:
        rows = rows.drop_duplicates(subset=["id"], keep="last")
    return rows


def alert(subject: str, text: str):
    if TOPIC:
        sns.publish(TopicArn=TOPIC, Subject=subject[:100], Message=text)


def newest(bucket: str, prefix: str) -> str:
    pages = s3.get_paginator("list_objects_v2")
    found = ""
    for page in pages.paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", []):
            if one["Key"].endswith(".json") and one["Key"] > found:
                found = one["Key"]
    return found


def keys_of(bucket: str, regions: list) -> list:
    keys = [newest(bucket, f"kinds/region={region}/") for region in regions]
    return [key for key in keys if key]


def region_of(key: str) -> str:
    for part in key.split("/"):
        if part.startswith("region="):
            return part.split("=", 1)[1]
    return "unknown"


def lambda_handler(event, context):
    records = event.get("Records", [])
    if not records and RAW:
        keys = keys_of(RAW, [str(one).upper() for one in event.get("regions") or []])
        records = [{"s3": {"bucket": {"name": RAW}, "object": {"key": key}}} for key in keys]
    done, errors = [], []
    for record in records:
        key = unquote_plus(record["s3"]["object"]["key"])
        try:
            raw = read_json(record["s3"]["bucket"]["name"], key)
            rows = checked(pd.json_normalize(raw["items"]))
            rows["made"] = datetime.now(timezone.utc).isoformat()
            rows["region"] = region_of(key)
            wr.s3.to_parquet(
                df=rows,
                path=WHERE,
                dataset=True,
                database=BASE,
                table=TABLE,
                partition_cols=["region"],
                mode="overwrite_partitions",
            )
            done.append(key)
        except Exception as error:
            logger.exception("%s failed", key)
            errors.append({"key": key, "error": str(error)})
    if errors:
        alert("kinds of videos", json.dumps(errors))
        raise RuntimeError(f"{len(errors)} failed")
    return {"statusCode": 200, "done": done}
