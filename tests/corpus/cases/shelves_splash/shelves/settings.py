BOT_NAME = "shelves"
SPIDER_MODULES = ["shelves.spiders"]
SPLASH_URL = "http://splash:8050"
DOWNLOADER_MIDDLEWARES = {"scrapy_splash.SplashMiddleware": 725}
ITEM_PIPELINES = {"shelves.stores.MongoStore": 300, "shelves.stores.SheetStore": 400}
MONGO = "mongodb+srv://reader:word@shelves.example.org/shelves"
