import json
import logging
import os
from datetime import datetime, timedelta

import awswrangler as wr
import boto3
import pandas as pd
from awswrangler.exceptions import NoFilesFound
from botocore.exceptions import ClientError
from pyarrow import ArrowInvalid

RAW = os.getenv("RAW_BUCKET", "raw")
READY = os.getenv("READY_BUCKET", "ready")

log = logging.getLogger()
log.setLevel(logging.INFO)

s3 = boto3.client("s3")


def patterns(name, stamp):
    try:
        df = wr.s3.read_parquet(f"s3://{RAW}/patterns/*/*/{name} {stamp}", dataset=True)
        return df.drop(columns=["made", "changed"])
    except ClientError as fault:
        log.info(f"patterns: {fault}")
        raise
    except ArrowInvalid as fault:
        log.info(f"patterns: no parquet: {fault}")
        raise


def money(name, stamp):
    try:
        df = wr.s3.read_parquet(f"s3://{RAW}/money/*/*/{name} {stamp}", dataset=True)
        df["long"] = df["code"].map({"SEK": "Swedish krona", "NOK": "Norwegian krone"})
        return df
    except ClientError as fault:
        log.info(f"money: {fault}")
        raise


def people(name, stamp):
    try:
        df = wr.s3.read_parquet(f"s3://{RAW}/people/*/*/{name} {stamp}", dataset=True)
        rooms = wr.s3.read_parquet(f"s3://{RAW}/rooms/*")
        return pd.merge(df, rooms, on="room")[["person", "first", "last", "room_name"]]
    except ArrowInvalid as fault:
        log.info(f"people: no parquet: {fault}")
        raise


def days_from(start):
    days = pd.DataFrame(pd.date_range(start=start, end=datetime.today(), freq="D"), columns=["day"])
    days["year"] = days["day"].dt.year
    days["month"] = days["day"].dt.month_name()
    wr.s3.to_parquet(df=days, path=f"s3://{READY}/days/days.parquet", dataset=False)
    log.info("days are new")
    return days


def days():
    try:
        had = wr.s3.read_parquet(f"s3://{READY}/days/*", dataset=True)
        last = had.iloc[-1]["day"].date()
        if last == datetime.today().date():
            return "nothing to do"
        days_from(last + timedelta(days=1))
    except NoFilesFound:
        start = datetime(2020, 1, 1)
        days_from(start)
        return start


def place_of(records):
    """Bucket and key of what was put there."""
    return records[0]["s3"]["bucket"]["name"], records[0]["s3"]["object"]["key"]


def handler(event, context):
    days()
    bucket, key = place_of(event["Records"])
    log.info(f"{key} in {bucket}")
    table = key.split("/", 4)[0]
    name, stamp = key.split("/", 4)[3].split("+")
    if table not in ["patterns", "money", "people"]:
        return {"body": json.dumps(f"nothing to do for {table}")}
    try:
        df = eval(f"{table}(name, stamp)")
        wr.s3.to_parquet(df=df, path=f"s3://{READY}/{table}/{table}", dataset=False)
        return {"statusCode": 200, "body": json.dumps(f"{table} is ready")}
    except ClientError as fault:
        log.info(f"not called: {fault}")
