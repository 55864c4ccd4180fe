BOT_NAME = "crawling"
SPIDER_MODULES = ["crawling.spiders"]
ITEM_PIPELINES = {"crawling.stores.CacheStore": 100}
