import base64
import logging
from collections.abc import Generator
from typing import Any
from xml.etree.ElementTree import Element

import dlt
import yaml
from defusedxml import ElementTree as ET
from defusedxml.common import DefusedXmlException
from dlt.sources.helpers import requests

logger = logging.getLogger(__name__)
API = "https://api.github.com"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"


def headers(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def feeds_of(repo: str, folder: str, token: str | None) -> list[dict[str, Any]]:
    answer = requests.get(f"{API}/repos/{repo}/contents/{folder}", headers=headers(token), timeout=30)
    answer.raise_for_status()
    found = []
    for one in answer.json():
        content = base64.b64decode(requests.get(one["url"], headers=headers(token)).json()["content"])
        try:
            found.append(yaml.safe_load(content))
        except yaml.YAMLError:
            logger.exception("no YAML: %s", one["name"])
    return found


def text_of(parent: Element, tag: str) -> str | None:
    found = parent.find(tag)
    return found.text if found is not None else None


def channel_row(channel: Element, feed: dict[str, Any]) -> dict[str, Any]:
    image = channel.find(f"{{{ITUNES}}}image")
    return {"url": feed["rss_url"], "title": text_of(channel, "title"), "image": image.get("href") if image is not None else None}


def episode_row(item: Element, url: str) -> dict[str, Any] | None:
    sound = item.find("enclosure")
    return None if sound is None else {"channel": url, "title": text_of(item, "title"), "sound": sound.get("url")}


@dlt.source(name="podcasts")
def podcasts(token: str | None = None, repo: str = "example/podcasts", folder: str = "feeds") -> Generator[Any]:
    @dlt.resource(name="_feeds", selected=False)
    def feeds() -> Generator[dict[str, Any]]:
        for feed in feeds_of(repo, folder, token):
            try:
                answer = requests.get(feed["rss_url"], timeout=30)
                channel = ET.fromstring(answer.content).find("channel")
            except (ET.ParseError, DefusedXmlException):
                logger.exception("no feed: %s", feed["rss_url"])
                continue
            yield {"channel": channel, "row": channel_row(channel, feed)}

    @dlt.transformer(data_from=feeds, name="channels", write_disposition="merge", primary_key="url")
    def channels(feed: dict[str, Any]) -> Generator[dict[str, Any]]:
        yield feed["row"]

    @dlt.transformer(data_from=feeds, name="episodes", write_disposition="merge", primary_key="sound", table_format="iceberg")
    def episodes(feed: dict[str, Any]) -> Generator[dict[str, Any]]:
        for item in feed["channel"].findall("item"):
            row = episode_row(item, feed["row"]["url"])
            if row is not None:
                yield row

    yield channels
    yield episodes
