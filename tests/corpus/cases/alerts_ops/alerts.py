"""Watches jobs and tells people. Copied into each job's repository."""

import argparse
import contextlib
import datetime
import functools
import os
import platform
import sys
import traceback

import boto3
import requests
import structlog
from botocore.exceptions import ClientError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

try:
    import orjson as json
except ImportError:
    import json

with contextlib.suppress(ImportError):
    import uvloop

    uvloop.install()

structlog.configure(processors=[structlog.processors.JSONRenderer()])
log = structlog.get_logger(__name__)
slack = WebClient(token=os.environ.get("SLACK_TOKEN"))
queue = boto3.client("sqs", region_name="eu-north-1")


class Alert(Exception):
    def __init__(self, title, level="warning"):
        super().__init__(title)
        self.title = title
        self.level = level

    def blocks(self):
        return [{"type": "section", "text": {"type": "mrkdwn", "text": f"*{self.title}*"}}]


def settings(path="alerts.toml"):
    with open(path, "rb") as f:
        return tomllib.load(f)


def tell(channel, text, blocks=None):
    try:
        slack.chat_postMessage(channel=channel, text=text, blocks=blocks)
    except SlackApiError as fault:
        log.error("slack", reason=fault.response["error"])


def guarded(channel):
    def around(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            try:
                return function(*args, **kwargs)
            except Alert as alert:
                tell(channel, alert.title, alert.blocks())
                raise

        return inner

    return around


@guarded("#backups")
def newest_backup(bucket):
    found = boto3.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    if not found:
        raise Alert(f"no backup in {bucket}")
    return max(one["LastModified"] for one in found)


def age(moment):
    return datetime.datetime.now(moment.tzinfo) - moment


def enqueue(body):
    try:
        return queue.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(body))
    except ClientError:
        traceback.print_exc()


def reachable(url):
    with contextlib.suppress(requests.ConnectionError):
        return requests.head(url, timeout=3).ok
    return False


def host():
    if platform.system() == "Windows":
        import win32api

        return win32api.GetComputerName()
    return platform.node()


def secret(name):
    import keyring

    return keyring.get_password("alerts", name) or os.environ[name.upper()]


def rotate(path, keep=5):
    for number in range(keep, 0, -1):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{path}.{number - 1}", f"{path}.{number}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bucket")
    late = age(newest_backup(parser.parse_args().bucket))
    log.info("backup", age=str(late), host=host())
    for url in settings()["urls"]:
        if not reachable(url):
            tell("#sites", f"{url} is down")


if __name__ == "__main__":
    main()
