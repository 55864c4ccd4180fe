import pandas as pd
from dagster import AssetExecutionContext, WeeklyPartitionsDefinition, asset

from usages.helpers import days_of

weeks = WeeklyPartitionsDefinition(start_date="2024-01-07")


@asset(partitions_def=weeks, io_manager_key="parquets")
def visits(context: AssetExecutionContext, raw_visits: pd.DataFrame) -> pd.DataFrame:
    start, end = days_of(context)
    some = raw_visits[(raw_visits["came"] >= start) & (raw_visits["came"] < end)]
    return some.drop_duplicates("id").assign(hits=lambda rows: rows["hits"].fillna(0))


@asset(io_manager_key="parquets")
def downloads(context: AssetExecutionContext, raw_downloads: pd.DataFrame) -> pd.DataFrame:
    context.log.info(f"{len(raw_downloads)} rows")
    return raw_downloads.groupby("file", as_index=False)["whole"].any()
