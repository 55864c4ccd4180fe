import json
import logging
import os
from datetime import date, datetime

import awswrangler as wr
import boto3
import pandas as pd
import pg8000.native
from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.parser import BaseModel, event_parser
from botocore.exceptions import ClientError
from moto import mock_aws
from pg8000.exceptions import InterfaceError

logger = Logger(service="ledger")
tracer = Tracer()
BUCKET = os.environ.get("BUCKET", "ledger-lake")


class Order(BaseModel):
    id: int
    amount: float
    at: datetime


def secret(name):
    try:
        found = boto3.client("secretsmanager").get_secret_value(SecretId=name)
    except ClientError as error:
        logger.error(error.response["Error"]["Code"])
        raise
    return json.loads(found["SecretString"])


def rows_of(table, since):
    login = secret("ledger-db")
    try:
        connection = pg8000.native.Connection(login["user"], host=login["host"], password=login["password"])
    except InterfaceError:
        logging.exception("no ledger")
        return []
    return connection.run(f"select * from {table} where at > :since", since=since)


def framed(rows, columns):
    frame = pd.DataFrame(rows, columns=columns)
    frame["day"] = pd.to_datetime(frame["at"]).dt.date
    return frame


def kept(frame, table):
    return wr.s3.to_parquet(frame, path=f"s3://{BUCKET}/{table}/", dataset=True, partition_cols=["day"])["paths"]


def currencies():
    return wr.athena.read_sql_query("select * from dim_currency", database="ledger")


def to_redshift(frame, table):
    connection = wr.redshift.connect("ledger")
    wr.redshift.copy(frame, path=f"s3://{BUCKET}/tmp/", con=connection, table=table, schema="public")


@event_parser(model=Order)
def on_order(event: Order, context):
    return {"id": event.id, "large": event.amount > 1000}


@tracer.capture_lambda_handler
@logger.inject_lambda_context(log_event=True)
def handler(event, context):
    frame = framed(rows_of("orders", event["since"]), ["id", "amount", "at"])
    logger.info({"paths": kept(frame, "orders"), "day": date.today().isoformat()})
    to_redshift(frame, "orders")


@mock_aws
def rehearsed():
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    return kept(framed([(1, 2.0, "2024-01-01")], ["id", "amount", "at"]), "orders")
