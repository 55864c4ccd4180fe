import logging

import pymongo
from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem

from .settings import COLLECTION


class Mongo:
    collection = COLLECTION

    def __init__(self, uri, database):
        self.uri, self.database = uri, database

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler.settings.get("MONGO_URI"), crawler.settings.get("MONGO_DATABASE"))

    def open_spider(self, spider):
        self.client = pymongo.MongoClient(self.uri)
        self.articles = self.client[self.database][self.collection]

    def close_spider(self, spider):
        self.client.close()

    def process_item(self, item, spider):
        row = ItemAdapter(item).asdict()
        if not row.get("title"):
            raise DropItem("no title")
        try:
            self.articles.insert_one(row)
        except pymongo.errors.DuplicateKeyError:
            logging.info("known: %s", row["title"])
        return item
