import random
from collections import defaultdict

import numpy as np
import pandas as pd


def typed(frame):
    frame["hashed_url"] = frame["hashed_url"].astype("category")
    frame["moment"] = pd.to_datetime(frame["moment"], unit="ms")
    return frame.sort_values(["session", "moment"])


def read_all(browsing, searches):
    return {"browsing": typed(pd.read_parquet(browsing)), "searches": pd.read_parquet(searches, columns=["session", "clicked"])}


def grouped(products, owners):
    out = defaultdict(list)
    for product, owner in zip(products, owners):
        out[owner].append(product)
    return [items for items in out.values() if len(items) > 1]


def parted(items, shares=(0.8, 0.1, 0.1)):
    random.shuffle(items)
    ends = np.cumsum(np.array(shares) * len(items)).astype(int)
    return {name: items[start:end] for name, start, end in zip(("train", "valid", "test"), [0, *ends[:-1]], ends)}


def labelled(path, most):
    frame = pd.read_parquet(path)
    frame = frame[frame["action"] != "remove"].head(most)
    return parted(grouped(frame["product"].values, frame["session"].tolist()))
