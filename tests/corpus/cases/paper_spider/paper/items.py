import scrapy


class Article(scrapy.Item):
    title = scrapy.Field()
    published = scrapy.Field()
    text = scrapy.Field()
