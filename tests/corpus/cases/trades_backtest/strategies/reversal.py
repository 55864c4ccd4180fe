import talib

from helpers.indicators import strength
from helpers.registry import strategy


@strategy(name="oversold")
def oversold(prices, **kwargs):
    prices["Signal"] = (strength(prices) < 30).astype(int)
    return prices


@strategy(name="bands")
def bands(prices, **kwargs):
    upper, middle, lower = talib.BBANDS(prices["Close"].to_numpy())
    prices["Signal"] = (prices["Close"] < lower).astype(int)
    return prices
