"""What is made of payments before a model sees them."""

import numpy as np
import pandas as pd

from src.util import columns

SEED = 42


def prepared(data: pd.DataFrame) -> pd.DataFrame:
    return data.pipe(without_marks).pipe(with_means).pipe(with_counts, name="customer")


def without_marks(data: pd.DataFrame) -> pd.DataFrame:
    for name in data.select_dtypes("object").columns:
        data[name] = data[name].str.replace("'", "")
    return data


def with_means(data: pd.DataFrame, windows=(3, 7)) -> pd.DataFrame:
    for window in windows:
        data[f"mean_{window}"] = data.groupby("customer")["amount"].transform(lambda some: some.rolling(window).mean())
    data["most"] = np.log1p(data["amount"])
    return data


def with_counts(data: pd.DataFrame, name: str) -> pd.DataFrame:
    data[f"{name}_count"] = data.groupby(name).cumcount() + 1
    return data


def by_quantile(data: pd.DataFrame, column: str, quantile: float):
    value = data[column].quantile(quantile)
    return data[data[column] <= value], data[data[column] > value]


def by_step(data: pd.DataFrame, step: str, target: str, size: float):
    known, unseen = by_quantile(data, step, size)
    return known.drop(columns=target), unseen.drop(columns=target), known[target], unseen[target]
