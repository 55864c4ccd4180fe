import pymongo
from itemadapter import ItemAdapter
from openpyxl import Workbook
from scrapy.exceptions import DropItem


class MongoStore:
    def __init__(self, address):
        self.address = address

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler.settings.get("MONGO"))

    def open_spider(self, spider):
        self.client = pymongo.MongoClient(self.address)
        self.books = self.client["shelves"]["books"]

    def close_spider(self, spider):
        self.client.close()

    def process_item(self, item, spider):
        values = ItemAdapter(item).asdict()
        if not values.get("price"):
            raise DropItem(f"no price in {values}")
        self.books.update_one({"title": values["title"]}, {"$set": values}, upsert=True)
        return item


class SheetStore:
    def open_spider(self, spider):
        self.book = Workbook()
        self.sheet = self.book.active
        self.sheet.append(["title", "price"])

    def process_item(self, item, spider):
        self.sheet.append([item.get("title"), item.get("price")])
        return item

    def close_spider(self, spider):
        self.book.save("books.xlsx")
