"""Live feeds of an hour, as lines of JSON; the validator is a program of Java."""
import datetime
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from functools import lru_cache
from typing import Any, ClassVar, Dict, List, Optional

sys.path.append(os.path.normpath(os.path.join(os.path.dirname(__file__), "..")))

import gcsfs
import pendulum
import typer
from google.cloud import storage
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2
from pydantic.v1 import BaseModel, Field, validator
from transit_infra.storage import Extract, FeedExtract, Kind, all_in_partition, file_system

PARSED = os.environ["TRANSIT_BUCKET_PARSED"]
JAR = os.environ.get("TRANSIT_VALIDATOR_JAR", "validator.jar")

app = typer.Typer()


class NoSchedule(Exception):
    pass


class Hour(Extract):
    bucket: ClassVar[str] = PARSED
    partition_names: ClassVar[List[str]] = ["hour"]
    feeds: List[FeedExtract] = Field(..., exclude=True)

    @property
    def kind(self) -> Kind:
        return self.feeds[0].kind

    @property
    def table(self):
        return self.kind.value

    @property
    def hour(self) -> pendulum.DateTime:
        return self.feeds[0].at.start_of("hour")

    @property
    def digest(self) -> str:
        return hashlib.md5(self.name.encode("utf-8")).hexdigest()

    @validator("feeds", allow_reuse=True)
    def one_kind(cls, feeds: List[FeedExtract]):
        assert len({feed.kind for feed in feeds}) == 1
        return feeds


class Outcome(BaseModel):
    success: bool
    feed: Optional[FeedExtract]
    fault: Optional[str]
    header: Optional[Dict[Any, Any]]

    @validator("header", allow_reuse=True)
    def has_header(cls, header, values):
        assert header or not values["success"]
        return header


class Validator:
    def __init__(self, jar: str = JAR):
        self.jar = jar

    def run(self, schedule: str, folder: str):
        typer.secho(f"validating {folder}", fg=typer.colors.MAGENTA)
        subprocess.run(["java", "-jar", self.jar, "-gtfs", schedule, "-gtfsRealtimePath", folder], check=True)


class Schedules:
    @lru_cache
    def of_day(self, day: pendulum.Date) -> Dict[str, FeedExtract]:
        found = all_in_partition(FeedExtract, {"dt": day})
        return {one.base64_url: one for one in sorted(found, key=lambda one: one.at)}


class LatestSchedule:
    def __init__(self, fs: gcsfs.GCSFileSystem, folder: str, url: str):
        self.fs = fs
        self.folder = folder
        self.url = url

    def download(self, at: datetime.datetime) -> str:
        for day in reversed(list(at - at.subtract(days=7))):
            feed = Schedules().of_day(day).get(self.url)
            if feed is None:
                typer.secho(f"no schedule on {day}")
                continue
            path = "/".join([self.folder, feed.filename])
            self.fs.get(feed.name, path)
            return path
        raise NoSchedule(self.url)


def lines_of(path: str):
    message = gtfs_realtime_pb2.FeedMessage()
    with open(path, "rb") as file:
        message.ParseFromString(file.read())
    content = json_format.MessageToDict(message)
    for entity in content.get("entity", []):
        yield {"header": content["header"], **entity}


def parsed(hour: Hour, folder: str) -> List[Outcome]:
    outcomes = []
    with gzip.open(os.path.join(folder, hour.digest), "wt") as out:
        for feed in hour.feeds:
            try:
                for line in lines_of(os.path.join(folder, feed.filename)):
                    out.write(json.dumps(line) + "\n")
                outcomes.append(Outcome(success=True, feed=feed, header={"ok": 1}))
            except DecodeError as fault:
                outcomes.append(Outcome(success=False, feed=feed, fault=str(fault)))
    return outcomes


def by_hour(feeds: List[FeedExtract]) -> List[Hour]:
    grouped = defaultdict(list)
    for feed in feeds:
        grouped[feed.at.start_of("hour"), feed.base64_url].append(feed)
    return [Hour(filename="lines.jsonl.gz", feeds=group) for group in grouped.values()]


def worst(outcomes):
    return [outcome.fault for outcome in outcomes if not outcome.success][:5]


@app.command()
def parse(kind: Kind, hour: datetime.datetime, limit: int = 0):
    at = pendulum.instance(hour)
    feeds = [one for one in all_in_partition(FeedExtract, {"dt": at.date()}) if one.kind == kind]
    fs = file_system()
    for group in by_hour(feeds[: limit or None]):
        with tempfile.TemporaryDirectory() as folder:
            for feed in group.feeds:
                fs.get(feed.name, os.path.join(folder, feed.filename))
            outcomes = parsed(group, folder)
            typer.secho(f"{group.kind.value}: {worst(outcomes)}")
            with open(os.path.join(folder, group.digest), "rb") as file:
                group.save(file.read(), client=storage.Client(), again=True)


if __name__ == "__main__":
    app()
