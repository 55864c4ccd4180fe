from __future__ import annotations

import polars as pl

COLUMNS = ("agreements", "best", "age")
OBJECTIVES = ("clicks", "carts", "orders")


def pivoted(sources: pl.DataFrame) -> pl.DataFrame:
    return sources.group_by("session", "aid").agg(agreements=pl.col("source").n_unique(), best=pl.col("score").max())


def ages(items):
    return items.group_by("session", "aid").agg(age=pl.col("ts").max())


def features(sources: pl.DataFrame, items: pl.DataFrame, labels: pl.DataFrame | None = None) -> pl.DataFrame:
    joined = pivoted(sources).join(ages(items), on=["session", "aid"], how="left")
    if labels is None:
        return joined
    return joined.join(labels.with_columns(target=pl.lit(1)), on=["session", "aid"], how="left").fill_null(0)
