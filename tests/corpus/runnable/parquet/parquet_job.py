"""A hidden engine: nothing here names pyarrow."""

import io

import pandas as pd
import seaborn as sns  # used by another function only

COLUMNS = ["city", "count"]


def chart(frame):
    return sns.barplot(frame)


def table():
    return pd.DataFrame([["Oslo", 3], ["Bergen", 5]], columns=COLUMNS)


def work():
    store = io.BytesIO()
    table().to_parquet(store)
    return pd.read_parquet(io.BytesIO(store.getvalue())).to_dict("list")


def broken():
    return table()["no such column"]  # HERE
