"""Buckets of S3, and BigQuery."""

from contextlib import contextmanager
from functools import lru_cache
from typing import Iterable

import boto3
import yaml
from botocore.exceptions import ClientError
from google.cloud import bigquery
from google.cloud.bigquery import QueryJobConfig
from google.cloud.bigquery.table import Row


@lru_cache(maxsize=1)
def client_of():
    return boto3.client("s3")


@contextmanager
def opened(bucket: str, key: str):
    stream = client_of().get_object(Bucket=bucket, Key=key)["Body"]
    try:
        yield stream
    finally:
        stream.close()


def read_yaml(bucket: str, key: str) -> dict:
    with opened(bucket, key) as stream:
        return yaml.safe_load(stream)


def text_of(bucket: str, key: str) -> str:
    try:
        with opened(bucket, key) as stream:
            return stream.read().decode("utf-8")
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            raise FileNotFoundError from error
        raise


def put(bucket: str, key: str, data: str):
    client_of().put_object(Body=data, Bucket=bucket, Key=key)


def rows_of(project: str, query: str) -> Iterable[Row]:
    client = bigquery.Client(project=project)
    job = client.query(query, job_config=QueryJobConfig(use_legacy_sql=False))
    return job.result()


def dicts_of(project: str, query: str) -> Iterable[dict]:
    return (dict(row.items()) for row in rows_of(project, query))
