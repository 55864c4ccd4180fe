import json

import redis
from itemadapter import ItemAdapter


class CacheStore:
    def open_spider(self, spider):
        self.cache = redis.Redis(host="cache")

    def process_item(self, item, spider):
        self.cache.set(item["name"], json.dumps(ItemAdapter(item).asdict()))
        return item
