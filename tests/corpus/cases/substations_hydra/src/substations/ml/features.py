import polars as pl


def with_clock(frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame.with_columns(hour=pl.col("time").dt.hour(), weekday=pl.col("time").dt.weekday())


def with_lags(frame, lags=(48, 336)):
    return frame.with_columns([pl.col("power").shift(lag).over("substation").alias(f"lag_{lag}") for lag in lags])


def names_of(frame):
    return [name for name in frame.columns if name not in ("time", "power")]
