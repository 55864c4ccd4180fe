#!/usr/bin/env python3
"""Swing, Sharpe and fall of coins, by five years of weekly prices.

    python3 scripts/enrich/coins.py [--apply] [--most N] [--number COIN_XYZ]
"""

import argparse
import importlib.util
import sys
import time
import warnings
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

try:
    import yfinance as yf
except ImportError:
    raise ImportError("yfinance is missing: pip install yfinance")

warnings.filterwarnings("ignore")

sys.path.insert(0, str(Path(__file__).parent.parent))
from db import base_rate, client, note_run, put_funds, put_prices

_spec = importlib.util.spec_from_file_location(
    "compute_metrics",
    Path(__file__).parent.parent / "compute-metrics.py",
)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
metrics_of = _module.metrics_of
LEAST = _module.LEAST

PAUSE = 0.5
PERIOD = "5y"


def weekly(symbol: str) -> list[tuple[str, float]] | None:
    name = f"{symbol}-EUR"
    try:
        df = yf.Ticker(name).history(period=PERIOD, interval="1wk", auto_adjust=True)
        if df.empty or "Close" not in df.columns:
            return None
        found = []
        for when, row in df.iterrows():
            close = row["Close"]
            if close is None or close <= 0 or close != close:
                continue
            found.append((when.date().isoformat(), float(close)))
        found.sort(key=lambda one: one[0])
        return found if found else None
    except Exception as fault:
        print(f"{name}: {type(fault).__name__}: {fault}")
        return None


def windows(prices: list[tuple[str, float]]) -> dict[str, list[float]]:
    today = date.today()
    year = (today - timedelta(days=365)).isoformat()
    three = (today - timedelta(days=365 * 3)).isoformat()
    return {
        "all": [price for _, price in prices],
        "3y": [price for day, price in prices if day >= three],
        "1y": [price for day, price in prices if day >= year],
    }


def run(apply: bool, most: int | None, number: str | None):
    began = datetime.now(timezone.utc)
    rate = base_rate()
    asked = client().table("funds").select("number, name, ever").eq("kind", "coin").is_("swing", "null")
    if number:
        asked = asked.eq("number", number)
    coins = asked.execute().data or []
    if most:
        coins = coins[:most]
    rows: list[dict] = []
    for coin in coins:
        time.sleep(PAUSE)
        prices = weekly(coin["number"].replace("COIN_", ""))
        if not prices or len(prices) < LEAST:
            print(f"{coin['number']}: too few")
            continue
        if apply:
            put_prices(coin["number"], [{"date": d, "price": p} for d, p in prices], source="yahoo")
        parts = windows(prices)
        found = metrics_of(
            prices_1y=parts["1y"], prices_3y=parts["3y"], prices_all=parts["all"], rate=rate
        )
        if coin.get("ever") is not None:
            found.pop("ever", None)
        rows.append({"number": coin["number"], **found})
    if apply and rows:
        good, bad = put_funds(rows)
        note_run("coins", "good" if not bad else "partly", began)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--apply", action="store_true")
    parser.add_argument("--most", type=int)
    parser.add_argument("--number")
    given = parser.parse_args()
    run(apply=given.apply, most=given.most, number=given.number)
