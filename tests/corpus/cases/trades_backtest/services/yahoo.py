import pandas as pd
import yfinance as yf


def fetch(symbol, start, end):
    prices = yf.download(symbol, start=start, end=end, progress=False)
    if prices.empty:
        return None
    if isinstance(prices.columns, pd.MultiIndex):
        prices.columns = prices.columns.get_level_values(0)
    return prices
