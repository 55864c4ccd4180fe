import numpy as np
import pandas as pd
from scipy import stats

from . import settings as config


def core(trades):
    won = trades.loc[trades["profit"] > 0, "profit"]
    lost = trades.loc[trades["profit"] <= 0, "profit"]
    return {"total": trades["profit"].sum(), "rate": len(won) / len(trades), "factor": won.sum() / -lost.sum()}


def sharpe(returns, free=0.0):
    extra = returns - free / config.DAYS
    spread = extra.std()
    return np.sqrt(config.DAYS) * extra.mean() / spread if spread else np.nan


def drawdown(equity):
    peak = equity.cummax()
    return ((equity - peak) / peak).min()


def beta(ours, theirs):
    fit = stats.linregress(theirs, ours)
    return fit.slope, fit.intercept * config.DAYS


def growth(first, last, years):
    return (last / first) ** (1 / years) - 1 if years > 0 else float("nan")


def daily(trades: pd.DataFrame) -> pd.Series:
    return trades.set_index("day")["profit"].resample("D").sum()
