"""Feather files are Arrow's; numpy comes from a helper."""

import io

import numpy
import pandas as pd


def squares(count):
    return numpy.arange(count) ** 2


def work():
    store = io.BytesIO()
    pd.DataFrame({"s": squares(4)}).to_feather(store)
    store.seek(0)
    return [int(value) for value in pd.read_feather(store)["s"]]


def broken():
    return pd.read_feather(io.BytesIO(b"nothing"))  # HERE
