"""Sizes and sums of objects that somebody names while the flow waits."""

import os
import sys
from typing import Literal, TypeVar

from prefect import flow, get_run_logger, pause_flow_run, task
from prefect.input import RunInput

sys.path.append(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
import pandas as pd

from src.common import md5s_of, now, session_client, sizes_of, upload
from src.graph import as_tsv, packed, pulled
from src.common import secret_of


class Folders(RunInput):
    folders: list[str]


class Urls(RunInput):
    urls: list[str]


Kinds = Literal["folder", "urls"]
DataFrame = TypeVar("DataFrame")


@task(name="list a folder", log_prints=True)
def listed(path: str) -> list[str]:
    s3 = session_client()
    bucket, _, prefix = path.partition("/")
    found = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", []):
            found.append(os.path.join(bucket, one["Key"]))
    s3.close()
    return found


@flow(name="sizes and sums", log_prints=True)
def sizes(urls: list[str], summed: str) -> DataFrame:
    sums = md5s_of(urls) if summed == "yes" else ["SKIP"] * len(urls)
    return pd.DataFrame({"url": urls, "size": sizes_of(urls), "md5": sums})


@flow(name="asked sizes", flow_run_name="{runner}-" + f"{now()}")
def asked_sizes(bucket: str, runner: str, kind: Kinds) -> None:
    logger = get_run_logger()
    if kind == "folder":
        told = pause_flow_run(wait_for_input=Folders.with_initial_data(description="which folders?"))
        urls = [url for folder in told.folders for url in listed(folder)]
    else:
        urls = pause_flow_run(wait_for_input=Urls.with_initial_data(description="which objects?")).urls
    frame = sizes(urls=urls, summed="yes")
    frame.to_csv("sizes.tsv", sep="\t", index=False)
    upload(bucket=bucket, folder=os.path.join(runner, now()), newfile="sizes.tsv")
    logger.info("done")


@flow(name="pull the graph", log_prints=True)
def pull(bucket: str, runner: str, account: str, path: str) -> str:
    uri, user, word = (secret_of(path, key, account) for key in ("uri", "user", "word"))
    folder = pulled(uri, user, word, "./pulled")
    for name in os.listdir(folder):
        upload(bucket=bucket, folder=runner, newfile=as_tsv(os.path.join(folder, name), "./"))
    packed(folder)
    return f"s3://{bucket}/{runner}"
