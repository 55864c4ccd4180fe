"""Nodes that prepare the tables of lines and stops."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...shared import parse_price
from ...shared.checks import stops_schema

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

log = logging.getLogger(__name__)


def _is_true(column: pd.Series) -> pd.Series:
    return column == "t"


def _spark_true(column: Column) -> Column:
    return column == "t"


def lines(raw: pd.DataFrame) -> pd.DataFrame:
    raw["electric"] = _is_true(raw["electric"])
    raw["price"] = raw["price"].map(parse_price)
    return raw


def stops(raw: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    raw = stops_schema.validate(raw)
    log.info("%s stops", len(raw))
    return raw, {"rows": len(raw)}


def join(lines: pd.DataFrame, stops: pd.DataFrame, distances: DataFrame) -> pd.DataFrame:
    whole = lines.merge(stops, on="stop")
    return whole.merge(distances.toPandas(), on="stop").dropna()


def names(parameters: dict) -> list[str]:
    return sorted(parameters["names"])
