from pathlib import Path

import pandas as pd
from sklearn.metrics import mean_absolute_error
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from .athena import execute, query


def actuals(path: Path, database: str, bucket: str, days: int) -> pd.DataFrame:
    return query(path.read_text(), database, bucket, {"database": database, "days": days})


def naive(history: pd.DataFrame, hours: int) -> pd.DataFrame:
    last = history.tail(24 * 7)
    ahead = pd.concat([last] * (hours // (24 * 7) + 1)).head(hours)
    return ahead.assign(hour=pd.date_range(history["hour"].max(), periods=hours, freq="h"))


def smoothed(history, hours):
    model = ExponentialSmoothing(history["rides"], seasonal="add", seasonal_periods=24).fit()
    return model.forecast(hours)


def errors(wanted, said):
    return {name: mean_absolute_error(wanted, values) for name, values in said.items()}


def write(path: Path, database: str, bucket: str) -> str:
    return execute(path.read_text(), database, bucket, {"database": database})


def label(days):
    return f"last {days} days"
