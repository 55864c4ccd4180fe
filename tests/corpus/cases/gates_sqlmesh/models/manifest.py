from __future__ import annotations

import logging
import typing as t
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from sqlglot import exp
from sqlmesh import ExecutionContext, model

log = logging.getLogger(__name__)

GRAIN = (exp.column("event"), exp.column("kind"))


def published(folder: str) -> Iterator[pl.DataFrame]:
    for file in Path(folder).glob("*.parquet"):
        yield pl.read_parquet(file).with_columns(pl.lit(file.stem).alias("kind"))


@model(
    "gates.manifest",
    kind="FULL",
    columns={"event": "UINTEGER", "kind": "VARCHAR"},
    grain=["event", "kind"],
    audits=[("unique_grain", {"columns": exp.Tuple(expressions=list(GRAIN))})],
)
def execute(context: ExecutionContext, **kwargs: t.Any) -> Iterator[pl.DataFrame]:
    found = False
    for frame in published("published"):
        found = True
        yield frame
    if not found:
        yield from ()
