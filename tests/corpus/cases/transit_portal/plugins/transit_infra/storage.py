"""Extracts: what was fetched, where it lies in a bucket, and what is told about it."""
import base64
import json
import logging
import os
import re
from enum import Enum
from typing import Any, Callable, ClassVar, Dict, List, Optional, Type, Union

import backoff
import gcsfs
import humanize
import pendulum
from google.cloud import storage
from pydantic.v1 import BaseModel, HttpUrl, validator
from requests import Request, Session

KEY = "EXTRACT_METADATA"
FEEDS = os.environ.get("TRANSIT_BUCKET_FEEDS")

Partition = Union[str, int, pendulum.DateTime, pendulum.Date]
WRITERS: Dict[Type, Callable] = {
    str: str,
    int: str,
    pendulum.Date: lambda day: day.isoformat(),
    pendulum.DateTime: lambda at: at.isoformat(),
}


def file_system(project="", **options):
    token = "cloud" if os.environ.get("TRANSIT_AUTH") == "cloud" else "google_default"
    return gcsfs.GCSFileSystem(project=project, token=token, **options)


def safe_name(name: Any):
    name = str(name)
    if name[:1].isdigit():
        name = "_" + name
    return re.sub(r"\W", "_", name).lower()


def partitions_of(path) -> Dict[str, str]:
    return dict(re.findall(r"/(\w+)=([\w\-:+.]+)(?=/)", path))


def written(partitions: Dict[str, Partition]) -> List[str]:
    return [f"{name}={WRITERS[type(value)](value)}" for name, value in partitions.items()]


class Kind(str, Enum):
    schedule = "schedule"
    alerts = "alerts"
    positions = "positions"

    @property
    def live(self) -> bool:
        return self is not Kind.schedule


def put(blob: storage.Blob, data: bytes, kind: str, client: storage.Client):
    blob.upload_from_string(data=data, content_type=kind, client=client)


@backoff.on_exception(backoff.expo, base=5, exception=(Exception,), max_tries=3)
def put_again(*args, **kwargs):
    return put(*args, **kwargs)


class Extract(BaseModel):
    filename: str
    partition_names: ClassVar[List[str]] = []

    class Config:
        json_encoders = {pendulum.DateTime: lambda at: at.isoformat()}

    @validator("filename")
    def no_folder(cls, name):
        if "/" in name:
            raise ValueError(f"{name} has a folder")
        return name

    @property
    def name(self) -> str:
        parts = written({name: getattr(self, name) for name in self.partition_names})
        return os.path.join(self.table, *parts, self.filename)

    def save(self, content: bytes, fs: gcsfs.GCSFileSystem = None, client: Optional[storage.Client] = None, again: bool = False) -> None:
        logging.info("saving %s to %s", humanize.naturalsize(len(content)), self.name)
        if fs:
            path = os.path.join(self.bucket, self.name)
            fs.pipe(path=path, value=content)
            fs.setxattrs(path=path, **{KEY: self.json()})
            return
        blob = client.bucket(self.bucket).blob(self.name)
        (put_again if again else put)(blob, content, "application/octet-stream", client)


class FeedExtract(Extract):
    bucket: ClassVar[str] = FEEDS
    table: ClassVar[str] = "feeds"
    partition_names: ClassVar[List[str]] = ["dt", "base64_url"]
    at: pendulum.DateTime
    url: HttpUrl
    kind: Kind

    @property
    def dt(self) -> pendulum.Date:
        return self.at.date()

    @property
    def base64_url(self) -> str:
        return base64.urlsafe_b64encode(self.url.encode()).decode()

    def request(self) -> Request:
        return Request("GET", self.url)


def download(feed: FeedExtract, session: Optional[Session] = None) -> bytes:
    with session or Session() as opened:
        answer = opened.send(opened.prepare_request(feed.request()))
        answer.raise_for_status()
        return answer.content


def all_in_partition(cls: Type[Extract], partitions: Dict[str, Partition]) -> List[Extract]:
    client = storage.Client()
    prefix = "/".join([cls.table, *written(partitions), ""])
    blobs = client.list_blobs(cls.bucket, prefix=prefix, delimiter=None)
    return [cls(**json.loads(blob.metadata[KEY])) for blob in blobs if KEY in (blob.metadata or {})]
