from scrapy.loader import ItemLoader
from scrapy.spiders import Spider
from scrapy_splash import SplashRequest

from shelves.items import Book

WAIT = {"wait": 2.5}


class ShelvesSpider(Spider):
    name = "shelves"
    start_urls = ["https://shelves.example.org/"]
    custom_settings = {"FEED_EXPORT_ENCODING": "utf-8"}
    script = """
        function main(splash, args)
            assert(splash:go(args.url))
            return splash:html()
        end
    """

    def start_requests(self):
        for url in self.start_urls:
            yield SplashRequest(url, callback=self.parse_kind, endpoint="execute", args={**WAIT, "lua_source": self.script})

    def plain(self, text):
        return "" if text is None else text.strip().replace("\n", " ")

    def parse_kind(self, response):
        for url in response.css(".nav > li > a::attr(href)").extract():
            yield SplashRequest(response.urljoin(url), callback=self.parse_book, endpoint="execute", args=WAIT)

    def parse_book(self, response):
        title = response.css("title::text").get().split(" - ")
        loader = ItemLoader(item=Book(), response=response)
        loader.add_value("title", title[0])
        loader.add_value("summary", self.plain(" ".join(response.css("#summary > p::text").getall())))
        loader.add_css("price", ".price > strong::text")
        return loader.load_item()
