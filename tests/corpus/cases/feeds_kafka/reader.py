import hashlib
import json
import os
import re
import time
from datetime import datetime, timezone

import feedparser
from bs4 import BeautifulSoup
from kafka import KafkaProducer

FEEDS = [("Daily", "all", "https://daily.example.org/rss/"), ("Post", "world", "https://post.example.org/rss/world")]
SHOUTS = ["shock", "wow", "?"]

producer = KafkaProducer(
    bootstrap_servers=[os.getenv("BROKERS", "broker:9092")],
    value_serializer=lambda value: json.dumps(value).encode("utf-8"),
    compression_type="lz4",
)


def plain(html: str) -> str:
    text = BeautifulSoup(html or "", "html5lib").get_text(" ")
    return re.sub(r"\s+", " ", text).strip()


def number(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def is_shout(title: str) -> bool:
    return any(one in title for one in SHOUTS)


def documents(source, kind, address):
    feed = feedparser.parse(address)
    for entry in feed.entries:
        url = getattr(entry, "link", None)
        if not url or is_shout(getattr(entry, "title", "")):
            continue
        yield {
            "id": number(url),
            "title": entry.title,
            "text": plain(getattr(entry, "summary", "")),
            "source": source,
            "kind": kind,
            "at": getattr(entry, "published", None) or datetime.now(timezone.utc).isoformat(),
        }


def once():
    for source, kind, address in FEEDS:
        for document in documents(source, kind, address):
            producer.send("news", document)
    producer.flush()


def main():
    while True:
        once()
        time.sleep(60)


if __name__ == "__main__":
    main()
