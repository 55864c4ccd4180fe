import scrapy
from scrapy_playwright.page import PageMethod


class TimetableSpider(scrapy.Spider):
    name = "timetable"

    def __init__(self, scope=None, **kwargs):
        super().__init__(**kwargs)
        self.scope = scope

    def start_requests(self):
        meta = {"playwright": True, "playwright_page_methods": [PageMethod("wait_for_selector", "table")]}
        yield scrapy.Request("https://timetables.example.org", meta=meta)

    def parse(self, response):
        for row in response.css("tr"):
            yield {"name": row.css("th::text").get(), "hours": row.css("td::text").getall(), "scope": self.scope}
