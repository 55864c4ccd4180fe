from __future__ import annotations

import polars as pl


def classified(frame: pl.DataFrame) -> pl.DataFrame:
    positive = frame.filter(pl.col("y") > 0)
    return (
        frame.group_by("unique_id")
        .agg(pl.len().alias("n"))
        .join(positive.group_by("unique_id").agg(pl.len().alias("sold"), pl.col("y").std().alias("std")), on="unique_id")
        .with_columns((pl.col("n") / pl.col("sold")).alias("gap"))
        .with_columns(pl.when(pl.col("gap") > 1.32).then(pl.lit("rare")).otherwise(pl.lit("smooth")).alias("kind"))
    )


def parted(frame: pl.DataFrame, kinds: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    rare = kinds.filter(pl.col("kind") == "rare")["unique_id"]
    return frame.filter(~pl.col("unique_id").is_in(rare)), frame.filter(pl.col("unique_id").is_in(rare))
