from itemloaders.processors import MapCompose, TakeFirst
from price_parser import Price
from scrapy import Field, Item


def amount(text):
    return Price.fromstring(text).amount_float


class Book(Item):
    title = Field(output_processor=TakeFirst())
    summary = Field(output_processor=TakeFirst())
    price = Field(input_processor=MapCompose(str.strip, amount), output_processor=TakeFirst())
