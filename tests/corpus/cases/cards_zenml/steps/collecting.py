"""Pictures and labels out of Labelbox and a bucket."""

import json
import os
from datetime import datetime
from typing import Tuple

import boto3 as aws
from labelbox import Client
from PIL import Image
from zenml.logger import get_logger
from zenml.steps import BaseParameters, Output, step

from .src.annotating import boxes_of, counted_files, labels_of, make_folders, written

logger = get_logger(__name__)


class CollectParameters(BaseParameters):
    images: str
    bucket: str


def apart(path: str) -> Tuple[str, str]:
    return os.path.dirname(path), os.path.basename(path)


@step
def ingest(params: CollectParameters) -> Output(exported=str):
    os.makedirs(params.images, exist_ok=True)
    client = Client(api_key=os.environ.get("LABELBOX_KEY"))
    project = client.get_project(os.environ.get("LABELBOX_PROJECT"))
    labels = project.label_generator()
    exported = project.export_labels(download=True, start="2020-01-01", end=datetime.today().strftime("%Y-%m-%d"))
    text = json.dumps(exported)
    for label in labels:
        Image.fromarray(label.data.value).save(f"{params.images}{label.data.external_id}")
    return text


@step
def to_voc(params: CollectParameters, exported: str) -> Output(done=bool):
    found = json.loads(exported)
    make_folders(params.images)
    logger.info(labels_of(found))
    logger.info(written(boxes_of(found, params.images), params.images, 0.3))
    return counted_files(params.images) > 0


@step
def download(params: CollectParameters) -> Output():
    session = aws.Session(
        aws_access_key_id=os.environ.get("KEY_ID"), aws_secret_access_key=os.environ.get("SECRET_KEY")
    )
    bucket = session.resource("s3").Bucket(params.bucket)
    for one in list(bucket.objects.filter(Prefix=params.images)):
        folder, name = apart(one.key)
        os.makedirs(folder, exist_ok=True)
        if name:
            bucket.download_file(one.key, one.key)
