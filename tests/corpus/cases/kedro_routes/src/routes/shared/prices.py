from price_parser import Price


def parse_price(text):
    return Price.fromstring(text).amount_float
