import dateparser
import scrapy

from .clean import plain, short
from .items import Article


class Paper(scrapy.Spider):
    name = "paper"
    start_urls = ["https://paper.example.org/news"]

    def parse(self, response):
        for link in response.css("a.teaser::attr(href)").getall():
            yield response.follow(link, self.article)

    def article(self, response):
        item = Article()
        item["title"] = short(response.css("h1::text").get())
        item["published"] = dateparser.parse(response.css("time::text").get())
        item["text"] = "\n".join(plain(one) for one in response.css("article p").getall())
        yield item
