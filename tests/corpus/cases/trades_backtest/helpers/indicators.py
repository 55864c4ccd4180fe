import numpy as np
import pandas as pd


def average(prices, days):
    return prices["Close"].rolling(days).mean()


def strength(prices, days=14):
    moved = prices["Close"].diff()
    up = moved.clip(lower=0).ewm(alpha=1 / days).mean()
    down = -moved.clip(upper=0).ewm(alpha=1 / days).mean()
    return 100 - 100 / (1 + up / down.replace(0, np.nan))


def crossing(prices, fast, slow):
    prices["Signal"] = np.where(average(prices, fast) > average(prices, slow), 1, -1)
    return prices


def true_range(prices: pd.DataFrame) -> pd.Series:
    before = prices["Close"].shift()
    return pd.concat([prices["High"] - prices["Low"], (prices["High"] - before).abs()], axis=1).max(axis=1)
