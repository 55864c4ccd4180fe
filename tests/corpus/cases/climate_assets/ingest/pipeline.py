from __future__ import annotations

import os
from collections.abc import Iterable

import dlt

from ingest import fixtures
from ingest.sources import co2, fx_rates, indicators, invoice_lines
from lake.paths import warehouse


@dlt.source
def public(years: tuple[int, int] | None = None, months: tuple[str, str] | None = None):
    return [co2(), indicators(years), fx_rates(), invoice_lines(months)]


REPLACED = ("co2",)
MERGED = ("indicators", "fx_rates", "invoice_lines")


def groups(resources: Iterable[str] | None = None) -> list[tuple[list[str], dict]]:
    wanted = None if resources is None else set(resources)
    found = []
    for names, more in ((REPLACED, {"refresh": "drop_resources"}), (MERGED, {})):
        chosen = [name for name in names if wanted is None or name in wanted]
        if chosen:
            found.append((chosen, more))
    return found


def pipeline_name() -> str:
    return f"climate{'_fixtures' if fixtures.enabled() else ''}"


def build_pipeline() -> dlt.Pipeline:
    os.environ.setdefault("NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID", "true")
    return dlt.pipeline(pipeline_name(), destination=dlt.destinations.duckdb(warehouse()), dataset_name="raw")


def main() -> None:
    pipeline = build_pipeline()
    for names, more in groups():
        print(pipeline.run(public().with_resources(*names), **more))
