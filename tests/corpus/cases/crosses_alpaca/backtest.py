import csv
from datetime import datetime

import backtrader as bt
import matplotlib.pyplot as plt
import pandas as pd
from alpaca.data import StockBarsRequest, StockHistoricalDataClient
from alpaca.data.timeframe import TimeFrame, TimeFrameUnit

from averages import Average
from keys import KEY, SECRET

client = StockHistoricalDataClient(KEY, SECRET)


def moment(text):
    return datetime.strptime(text, "%Y-%m-%d")


def daily():
    return TimeFrame(1, TimeFrameUnit("Day"))


def history(symbol, start, end):
    request = StockBarsRequest(symbol_or_symbols=[symbol], timeframe=daily(), start=moment(start), end=moment(end))
    return client.get_stock_bars(request).df


def close_of(day, bars):
    return bars.iloc[day].loc["close"]


def vwap_of(day, bars):
    return bars.iloc[day].loc["vwap"]


def is_bull(day, bars):
    return vwap_of(day, bars) < close_of(day, bars)


def crossed(money, short, long, symbol, start, end, file="crosses.csv"):
    said = {"date": [], "price": [], "short": [], "long": []}
    long, short = Average(long), Average(short)
    bars = history(symbol, start, end)
    held = 0
    for day, (index, row) in enumerate(bars.iterrows()):
        price = row["close"]
        long.add(price)
        short.add(price)
        if long.value < short.value and not held and is_bull(day, bars):
            held = money // price
            money -= held * price
        said["date"].append(index[1])
        said["price"].append(price)
        said["short"].append(short.value)
        said["long"].append(long.value)
    table = pd.DataFrame(said)
    table.to_csv(file, index=False)
    return table


def plot(symbol, file="crosses.csv"):
    with open(file) as handle:
        rows = list(csv.reader(handle))[1:]
    plt.style.use("ggplot")
    figure, axes = plt.subplots()
    axes.plot([moment(row[0][:10]) for row in rows], [float(row[1]) for row in rows], c="black")
    axes.set_title(symbol)
    figure.savefig(f"{symbol}.png")


class Cross(bt.Strategy):
    params = (("short", 5), ("long", 20))

    def __init__(self):
        self.short = bt.indicators.SMA(self.data.close, period=self.p.short)
        self.long = bt.indicators.SMA(self.data.close, period=self.p.long)
        self.cross = bt.indicators.CrossOver(self.short, self.long)

    def next(self):
        if not self.position and self.cross > 0:
            self.buy()
        elif self.position and self.cross < 0:
            self.close()


def replayed(symbol, start, end):
    bars = history(symbol, start, end).reset_index(level=0, drop=True)
    engine = bt.Cerebro()
    engine.addstrategy(Cross)
    engine.adddata(bt.feeds.PandasData(dataname=bars))
    engine.run()
    engine.plot()
    return engine.broker.getvalue()


if __name__ == "__main__":
    crossed(100000, 5, 20, "SPY", "2021-12-01", "2023-01-15")
    plot("SPY")
    replayed("SPY", "2021-12-01", "2023-01-15")
