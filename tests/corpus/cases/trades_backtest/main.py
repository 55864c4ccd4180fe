import logging
import os
from multiprocessing import Pool, cpu_count

import numpy as np
import orjson
import pandas as pd
from tqdm import tqdm

from analysis.pages import write_pdf
from config import CONFIG
from helpers.buckets import put_report
from helpers.cache import cached, keep
from helpers.chance import judged, mean_of, runs
from helpers.registry import REGISTRY, load_folder
from services import get_service

logger = logging.getLogger(__name__)


def reference(frames: dict) -> pd.DataFrame:
    spy = frames.get("SPY")
    return spy if spy is not None else next(iter(frames.values()))


def start_worker(prices, benchmark):
    global prices_global, benchmark_global
    prices_global = prices
    benchmark_global = benchmark


def trades_of(signals):
    rows = []
    for symbol, frame in signals.items():
        bought = None
        for day, row in frame.iterrows():
            if row["Signal"] == 1 and bought is None:
                bought = row["Close"]
            elif row["Signal"] == -1 and bought is not None:
                rows.append({"symbol": symbol, "day": day, "profit": row["Close"] - bought})
                bought = None
    return rows


def simulate(args):
    name, logic, params = args
    try:
        signals = {symbol: logic(frame.copy(), **params) for symbol, frame in prices_global.items()}
        rows = trades_of(signals)
        profits = [row["profit"] for row in rows]
        result = {"name": name, "trades": rows, "cash": CONFIG["cash"], "mean": mean_of(profits)}
        if len(profits) > 10:
            result.update(judged(result, runs(profits, CONFIG["cash"], CONFIG["runs"])))
            result["quality"] = np.mean(profits) / np.std(profits, ddof=1)
        result["more"] = sum(profits) / CONFIG["cash"] - benchmark_global
        return result
    except Exception:
        tqdm.write(f"failed: {name}")
        return None


def symbols_of(name):
    listed = CONFIG["portfolios"][name]
    if isinstance(listed, str):
        with open(os.path.join("tickers", listed), "rb") as file:
            return orjson.loads(file.read())
    return listed


def load_prices(symbols, start, end):
    fetch = get_service()
    prices = {}
    for symbol in tqdm(symbols):
        frame = cached(symbol, start)
        if frame is None:
            frame = fetch(symbol, start, end)
            if frame is not None:
                keep(frame, symbol)
        if frame is not None:
            prices[symbol] = frame
    return prices


def benchmark_of(prices):
    closes = reference(prices)["Close"]
    return float(closes.iloc[-1] / closes.iloc[0] - 1)


def strategies():
    load_folder("strategies")
    return [(name, one["logic"], one["params"]) for name, one in REGISTRY.items()]


def run(name="few", start="2020-01-01", end="2024-01-01"):
    prices = load_prices(symbols_of(name), start, end)
    with Pool(cpu_count(), initializer=start_worker, initargs=(prices, benchmark_of(prices))) as pool:
        results = list(tqdm(pool.imap(simulate, strategies())))
    best = max(filter(None, results), key=lambda result: result["more"])
    return put_report(write_pdf(pd.DataFrame(best["trades"]), CONFIG["cash"], f"{best['name']}.pdf"))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    run()
