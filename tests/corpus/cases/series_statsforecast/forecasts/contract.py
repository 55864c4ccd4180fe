from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

COLUMNS = ("unique_id", "ds", "y")


class ContractError(ValueError):
    pass


@dataclass
class Report:
    series: int
    dropped: list[str] = field(default_factory=list)


def validate(frame: pl.DataFrame, *, least: int = 6, on_error: str = "raise") -> tuple[pl.DataFrame, Report]:
    missing = [one for one in COLUMNS if one not in frame.columns]
    if missing:
        raise ContractError(f"no {missing}")
    counts = frame.group_by("unique_id").len()
    short = counts.filter(pl.col("len") < least)["unique_id"].to_list()
    if short and on_error == "raise":
        raise ContractError(f"too short: {short}")
    kept = frame.filter(~pl.col("unique_id").is_in(short))
    return kept.sort("unique_id", "ds"), Report(series=kept["unique_id"].n_unique(), dropped=short)
