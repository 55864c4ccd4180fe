import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pandas_ta as ta
import vectorbt as vbt
import yfinance as yf

FEES = 0.002
RISKY = ["SPY", "QQQ", "DIA", "SMH", "SLV"]
SAFE = "GLD"


def put(frame, name, condition):
    try:
        frame[name] = condition.fillna(False).astype(bool)
    except Exception:
        frame[name] = False


def broad(frame):
    d = frame.copy()
    close, high, low = d["Close"], d["High"], d["Low"]
    stoch = ta.stoch(high, low, close, k=21, d=5, smooth_k=5)
    put(d, "stoch", stoch.iloc[:, 0] < 20 if stoch is not None else pd.Series(False, index=close.index))
    stops = ta.psar(high, low, close, af0=0.01, af=0.01, max_af=0.10)
    longs = [one for one in stops.columns if one.startswith("PSARl_")] if stops is not None else []
    put(d, "stops", pd.notna(stops[longs[0]]) if longs else pd.Series(False, index=close.index))
    top, bottom = high.rolling(200).max(), low.rolling(200).min()
    put(d, "fib", close > (top - (top - bottom) * 0.236))
    return d["stoch"] | d["stops"] | d["fib"]


def chips(frame):
    d = frame.copy()
    close, high, low = d["Close"], d["High"], d["Low"]
    alma = ta.alma(close)
    put(d, "alma", close > alma.iloc[:, 0] if isinstance(alma, pd.DataFrame) else close > alma)
    clouds = ta.ichimoku(high, low, close, tenkan=18, kijun=52, senkou=104)
    if isinstance(clouds, tuple):
        clouds = clouds[0]
    spans = [one for one in clouds.columns if one.startswith("ISA_")] if clouds is not None else []
    put(d, "clouds", close > clouds[spans[0]] if spans else pd.Series(False, index=close.index))
    return d["alma"] | d["clouds"]


def silver(frame):
    d = frame.copy()
    close, volume = d["Close"], d["Volume"]
    trend = ta.pvt(close, volume)
    put(d, "trend", trend > ta.ema(trend, length=21))
    return d["trend"]


def main():
    assets = RISKY + [SAFE]
    raw = yf.download(assets, start="2010-01-01", progress=False, auto_adjust=True)
    prices = raw["Close"].dropna()
    opens = raw["Open"].reindex(prices.index).ffill()
    highs = raw["High"].reindex(prices.index).ffill()
    lows = raw["Low"].reindex(prices.index).ffill()
    volumes = raw["Volume"].reindex(prices.index).fillna(0)

    strengths = pd.DataFrame(index=prices.index)
    signals = pd.DataFrame(index=prices.index)
    for asset in RISKY:
        close = prices[asset]
        one = pd.DataFrame({"High": highs[asset], "Low": lows[asset], "Close": close, "Volume": volumes[asset]})
        strengths[asset] = ta.rsi(close, length=28)
        if asset in ["SPY", "QQQ", "DIA"]:
            signal = broad(one)
        elif asset == "SMH":
            signal = chips(one)
        elif asset == "SLV":
            signal = silver(one)
        signals[asset] = signal.fillna(False).values
    strengths = strengths.dropna()
    shares = pd.DataFrame(0.0, index=strengths.index, columns=assets)
    now = {one: 0.0 for one in assets}
    for i in range(len(strengths)):
        if i % 5 == 0:
            row, its = strengths.iloc[i], signals.iloc[i]
            best = row.sort_values(ascending=False).head(3).index.tolist()
            now = {one: 0.0 for one in assets}
            for one in best:
                now[one if row[one] > 50 and its[one] else SAFE] += 1.0 / 3
        for one in assets:
            shares.at[strengths.index[i], one] = now[one]
    shares = shares.shift(1).fillna(0.0)

    mixed = vbt.Portfolio.from_orders(
        close=opens, size=shares.values, size_type="targetpercent", fees=FEES, freq="1d", group_by=True
    )
    held = vbt.Portfolio.from_holding(opens["SPY"], freq="1d")

    def figures(portfolio):
        gains, value = portfolio.returns(), portfolio.value()
        if isinstance(gains, pd.DataFrame):
            gains = gains.iloc[:, 0]
        swing = float(gains.std() * np.sqrt(252))
        days = (gains.index[-1] - gains.index[0]).days
        yearly = float((value.iloc[-1] / value.iloc[0]) ** (365.25 / days) - 1)
        worst = float(((value - value.cummax()) / value.cummax()).min())
        return yearly / swing if swing > 0 else 0, worst

    print(figures(mixed), figures(held))
    fig, axes = plt.subplots(2, 1, figsize=(12, 10))
    axes[0].plot(mixed.value(), label="mixed")
    axes[0].plot(held.value(), label="held")
    shares.plot(ax=axes[1], kind="area", stacked=True, colormap="tab10")
    plt.savefig("assets.png", dpi=300)


if __name__ == "__main__":
    main()
