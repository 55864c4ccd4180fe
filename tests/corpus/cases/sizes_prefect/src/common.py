"""What all workflows use: times, objects in buckets, secrets."""

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import boto3
from botocore.exceptions import ClientError
from prefect import task
from prefect.task_runners import ConcurrentTaskRunner
from pytz import timezone


def now():
    return datetime.now(timezone("EST")).strftime("%Y%m%d_T%H%M%S")


def session_client():
    if "STORE_ENDPOINT" in os.environ:
        return boto3.session.Session().client("s3", endpoint_url=os.environ["STORE_ENDPOINT"])
    return boto3.client("s3")


def secret_of(path: str, key: str, account: str):
    role = boto3.client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/read", RoleSessionName="read")["Credentials"]
    client = boto3.client("secretsmanager", aws_access_key_id=role["AccessKeyId"], aws_session_token=role["SessionToken"])
    return json.loads(client.get_secret_value(SecretId=path)["SecretString"])[key]


@task(name="upload a file", task_run_name="upload_{newfile}")
def upload(bucket: str, folder: str, newfile: str):
    s3 = session_client()
    try:
        s3.upload_file(newfile, bucket, os.path.join(folder, os.path.basename(newfile)))
    except ClientError as error:
        raise RuntimeError(f"not put: {error}") from error


def parsed(url: str):
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return bucket, key


@task(name="md5", retries=3, retry_delay_seconds=1, tags=["concurrency"])
def md5_of(client, url: str):
    bucket, key = parsed(url)
    md5 = hashlib.md5()
    for part in client.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(1024):
        md5.update(part)
    return md5.hexdigest()


@task
def size_of(client, url: str):
    bucket, key = parsed(url)
    return client.head_object(Bucket=bucket, Key=key)["ContentLength"]


def sizes_of(urls: list[str]):
    client = session_client()
    waiting = [size_of.submit(client, url) for url in urls]
    return [one.result() for one in waiting]


def md5s_of(urls: list[str]):
    client = session_client()
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda url: md5_of.fn(client, url), urls))
