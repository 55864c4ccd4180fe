import json
import logging

import boto3
from botocore.exceptions import ClientError
from prefect import task
from prefect.blocks.system import Secret
from prefect.variables import Variable

from common.retries import STORE


def client_and_bucket():
    bucket = Variable.get("bronze", default="bronze")
    client = boto3.client(
        "s3",
        endpoint_url=Variable.get("endpoint", default="http://minio"),
        aws_access_key_id=Secret.load("minio-key").get(),
        aws_secret_access_key=Secret.load("minio-secret").get(),
    )
    return client, bucket


def key_of(prefix: str, name: str) -> str:
    return f"{prefix.strip('/')}/{name}"


@task(name="save json", **STORE)
def save_json(data: dict, prefix: str, name: str):
    try:
        client, bucket = client_and_bucket()
        body = data if isinstance(data, str) else json.dumps(data, indent=2)
        client.put_object(Bucket=bucket, Key=key_of(prefix, name), Body=body.encode())
    except ClientError as error:
        logging.error("upload: %s", error)
        raise


def listed(client, bucket, prefix):
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


@task
def missing_days(prefix, days):
    client, bucket = client_and_bucket()
    there = set(listed(client, bucket, prefix))
    return [day for day in days if key_of(prefix, f"{day}.json") not in there]
