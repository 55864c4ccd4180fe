import json
import logging
import os
from datetime import datetime, timezone
from pathlib import Path

from itemadapter import ItemAdapter
from scrapy import Request
from scrapy.exceptions import DropItem
from scrapy.http.request import NO_CALLBACK
from scrapy.pipelines.files import FileException
from scrapy.pipelines.images import ImagesPipeline
from scrapy_redis import connection

from .failures import Failures

logger = logging.getLogger(__name__)


class Whole:
    fields = ("picture", "page")

    def process_item(self, item, spider):
        missing = [field for field in self.fields if self._is_blank(ItemAdapter(item).get(field))]
        if missing:
            logger.warning("dropped: %s", missing)
            raise DropItem(", ".join(missing))
        return item

    @staticmethod
    def _is_blank(value):
        return value is None or (isinstance(value, str) and not value.strip())


class Once:
    def __init__(self, server, key):
        self.server = server
        self.key = key

    @classmethod
    def from_crawler(cls, crawler):
        return cls(server=connection.from_settings(crawler.settings), key=crawler.settings.get("SEEN", "seen"))

    def process_item(self, item, spider):
        if not self.server.sadd(self.key, ItemAdapter(item)["picture"]):
            raise DropItem("seen")
        return item


class Pictures(ImagesPipeline):
    def get_media_requests(self, item, info):
        return [Request(ItemAdapter(item)["picture"], callback=NO_CALLBACK, meta={"picture": True})]

    def item_completed(self, results, item, info):
        adapter = ItemAdapter(item)
        done, result = results[0]
        adapter["path"] = result["path"] if done else ""
        adapter["error"] = "" if done else self._told(result)
        return item

    def media_failed(self, failure, request, info):
        told = self._told(failure)
        try:
            return super().media_failed(failure, request, info)
        except FileException as error:
            raise FileException(told) from error

    @staticmethod
    def _told(failure):
        return str(getattr(failure, "value", failure)) or type(failure).__name__


class Dated:
    def process_item(self, item, spider):
        adapter = ItemAdapter(item)
        adapter["crawled"] = datetime.now(timezone.utc).isoformat()
        adapter["spider"] = spider.name
        return item


class Failed:
    def __init__(self, failures, queue):
        self.failures = failures
        self.queue = queue

    @classmethod
    def from_crawler(cls, crawler):
        return cls(Failures(connection.from_settings(crawler.settings)), crawler.settings.get("QUEUE", "failed"))

    def process_item(self, item, spider):
        adapter = ItemAdapter(item)
        if adapter.get("error"):
            self.failures.put(self.queue, adapter["picture"], {"at": adapter.get("crawled"), "why": adapter["error"]})
        return item


class Lines:
    def __init__(self, folder="out", worker=""):
        self.folder = Path(folder)
        self.file_name = self.folder / f"items-{worker or os.getpid()}.jl"

    @classmethod
    def from_crawler(cls, crawler):
        return cls(folder=crawler.settings.get("OUT", "out"))

    def open_spider(self, spider):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.file_name.open("a", encoding="utf-8")

    def process_item(self, item, spider):
        self.file.write(json.dumps(dict(item)) + "\n")
        return item

    def close_spider(self, spider):
        self.file.close()
