import json
import logging
import os
import uuid
from datetime import datetime
from typing import Optional

import functions_framework
from google.cloud import pubsub_v1
from google.cloud.pubsub_v1 import PublisherClient
from google.cloud.pubsub_v1.futures import Future
from sqlalchemy.orm import Session

from shared.database import with_session
from shared.models import Dataset, Feed
from shared.runs import Run, Runs

logging.basicConfig(level=logging.INFO)
topic = os.getenv("TOPIC")
project = os.getenv("PROJECT")


def publisher():
    return pubsub_v1.PublisherClient()


def told(future: Future, name: str, path: str):
    if future.exception():
        logging.error(f"{name} on {path}: {future.exception()}")
    else:
        logging.info(name)


def publish(client: PublisherClient, path: str, data: bytes) -> Future:
    return client.publish(path, data=data)


def living(session: Session, names: Optional[list[str]] = None):
    query = (
        session.query(Feed.name, Feed.url, Feed.id.label("feed"), Dataset.hash.label("hash"))
        .select_from(Feed)
        .outerjoin(Dataset, Feed.latest_id == Dataset.id)
        .filter(Feed.state != "gone")
    )
    if names:
        query = query.filter(Feed.name.in_(names))
    if os.getenv("ENVIRONMENT", "") == "dev":
        query = query.limit(10)
    return query.all()


def body_of(feed, run):
    return json.dumps({"run": run, "url": feed.url, "name": feed.name, "hash": feed.hash})


@with_session
@functions_framework.http
def batch(request, session: Session):
    try:
        names = (request.get_json() or {}).get("names")
    except Exception:
        names = None
    feeds = living(session, names=names)
    client = publisher()
    path = client.topic_path(project, topic)
    run = f"run-{uuid.uuid4()}"
    for feed in feeds:
        future = publish(client, path, body_of(feed, run).encode("utf-8"))
        future.add_done_callback(lambda _: told(future, feed.name, path))
    Runs().save(Run(number=run, feeds=len(feeds), at=datetime.now()))
    return f"{len(feeds)} told"
