import argparse
import sys

import matplotlib.pyplot as plt
import mplfinance as mpf
import pandas as pd
import plotille
import yfinance as yf
from rich import print as rprint
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

if sys.stdout.encoding != "utf-8":
    import codecs

    sys.stdout = codecs.getwriter("utf-8")(sys.stdout.buffer, "strict")

console = Console()


def strength(close: pd.Series, days: int = 14) -> pd.Series:
    change = close.diff()
    up = change.clip(lower=0).ewm(alpha=1 / days).mean()
    down = -change.clip(upper=0).ewm(alpha=1 / days).mean()
    return 100 - 100 / (1 + up / down.replace(0, pd.NA))


def crossing(close: pd.Series, fast: int = 12, slow: int = 26):
    line = close.ewm(span=fast).mean() - close.ewm(span=slow).mean()
    signal = line.ewm(span=9).mean()
    return line, signal, line - signal


def bands(close: pd.Series, days: int = 20):
    mean = close.rolling(window=days).mean()
    spread = close.rolling(window=days).std(ddof=0)
    return mean + 2 * spread, mean, mean - 2 * spread


def swing(rows: pd.DataFrame, days: int = 14) -> pd.Series:
    before = rows["Close"].shift(1)
    whole = pd.concat([rows["High"] - rows["Low"], (rows["High"] - before).abs()], axis=1).max(axis=1)
    return whole.ewm(alpha=1 / days).mean()


def found(name):
    share = yf.Ticker(name)
    try:
        about = share.info
        if not about or "currentPrice" not in about:
            return None, None
        return share, about
    except Exception:
        return None, None


def show_price(name, share, about):
    price, before = about.get("currentPrice"), about.get("previousClose")
    table = Table(title=f"Price of {about.get('longName', name)}")
    table.add_column("what", style="cyan")
    table.add_column("value")
    table.add_row("price", f"{price:,.2f}")
    table.add_row("change", f"{(price - before) / before:.2%}")
    console.print(table)


def show_history(name, share, period="1mo"):
    rows = share.history(period=period)
    chart = plotille.plot(rows.index, rows["Close"], height=12, width=50)
    console.print(Panel(chart, title=name))


def analysed(name, share, period="3mo", wanted=None):
    wanted = wanted or {}
    rows = share.history(period=period)
    if rows.empty:
        return None
    lines = [name, f"{rows['High'].max():.2f}"]
    if wanted.get("strength"):
        lines.append(f"{strength(rows['Close']).iloc[-1]:.1f}")
    if wanted.get("bands"):
        upper, mean, lower = bands(rows["Close"])
        lines.append(f"{upper.iloc[-1]:.2f} {mean.iloc[-1]:.2f} {lower.iloc[-1]:.2f}")
    if wanted.get("swing"):
        lines.append(f"{swing(rows).iloc[-1]:.2f}")
    print("\n".join(lines))
    return "TEXT"


def report(name, share, about, period="6mo"):
    rows = share.history(period=period)
    line, signal, _ = crossing(rows["Close"])
    analysed(name, share, period=period, wanted={"strength": True})
    rprint(f"[b]{about.get('longName', name)}[/b] {line.iloc[-1]:.2f} {signal.iloc[-1]:.2f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["price", "history", "pro", "report"])
    parser.add_argument("name")
    parser.add_argument("period", nargs="?", default="3mo")
    asked = parser.parse_args()
    share, about = found(asked.name)
    if not share:
        sys.exit(1)
    if asked.command == "price":
        show_price(asked.name, share, about)
    elif asked.command == "history":
        show_history(asked.name, share, period=asked.period)
    elif asked.command == "pro":
        analysed(asked.name, share, period=asked.period, wanted={"bands": True, "swing": True})
    else:
        report(asked.name, share, about, period=asked.period)


if __name__ == "__main__":
    main()
