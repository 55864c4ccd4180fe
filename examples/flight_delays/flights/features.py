"""From a row a flight to numbers, and from one year to a past and a future."""

from __future__ import annotations

import pandas as pd

CATEGORIES = ["carrier", "origin", "dest"]
YEAR = 2013


def encode(rows: pd.DataFrame) -> pd.DataFrame:
    """One number a column. Categories become their place in the alphabet; ``weekday`` is 0 on Mondays.

    Nothing is learned here: what depends on late flights is left to the models, which see the past only.
    """
    codes = {name: rows[name].astype("category").cat.codes.astype("int16") for name in CATEGORIES}
    date = pd.to_datetime(rows[["month", "day"]].assign(year=YEAR))
    table = rows.drop(columns=[*CATEGORIES, "tailnum", "time_hour", "built", "day"])
    return table.assign(
        weekday=date.dt.day_of_week.astype("int8"), age=YEAR - rows["built"], **codes
    )


def split_by_month(rows: pd.DataFrame, month: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows before ``month`` and those of ``month``. Raises ValueError where there is no past."""
    if not 2 <= month <= 12:
        raise ValueError(
            f"month is {month}: give one from 2 to 12, so that there are months before it"
        )
    past, future = rows[rows["month"] < month], rows[rows["month"] == month]
    return past.reset_index(drop=True), future.reset_index(drop=True)
