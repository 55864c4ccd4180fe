"""Prices of shares, in three parts by time."""

import polars as pl


class Prices:
    def __init__(self, path, kind="parquet"):
        self.path = path
        self.kind = kind
        self.data = {}

    def run(self):
        frame = pl.read_parquet(self.path) if self.kind == "parquet" else pl.read_csv(self.path)
        for part in ("train", "check", "test"):
            self.data[part] = frame.filter(pl.col("part") == part).drop("part")
        return self
