from datetime import datetime, timezone

import dagster as dg
import polars as pl
import xarray as xr
from dagster import AssetCheckResult, AssetExecutionContext, ResourceParam, asset, asset_check
from pydantic import Field

from substations.contracts import Settings

days = dg.DailyPartitionsDefinition(start_date="2024-04-01", end_offset=1)


def moment(key: str) -> datetime:
    return datetime.strptime(key, "%Y-%m-%d").replace(tzinfo=timezone.utc)


def downloaded(when):
    grid = xr.open_zarr("https://weather.example/ens.zarr").sel(init_time=when, method="nearest")
    return grid[["t2m"]].mean("member").load().to_dataframe().reset_index()


@asset(partitions_def=days, pool="weather")
def ensemble(context: AssetExecutionContext, settings: ResourceParam[Settings]) -> None:
    when = moment(context.partition_key)
    frame = pl.from_pandas(downloaded(when))
    frame.write_parquet(settings.weather() / f"{when:%Y-%m-%dT%H}.parquet", compression="zstd")
    context.log.info(len(frame))


@asset(deps=[ensemble])
def all_weather(settings: ResourceParam[Settings]) -> pl.LazyFrame:
    return pl.scan_parquet(settings.weather() / "*.parquet")


class WeatherConfig(dg.Config):
    start: str | None = Field(default=None, description="first day")


@asset
def weather(config: WeatherConfig, all_weather: pl.LazyFrame) -> pl.LazyFrame:
    if config.start:
        all_weather = all_weather.filter(pl.col("time") >= moment(config.start))
    return all_weather


def extremes(frame):
    counted = frame.select([((pl.col(name) == 0) | (pl.col(name) == 255)).sum().alias(name) for name in frame.columns])
    return {name: count for name, count in counted.to_dicts()[0].items() if count}


@asset_check(asset=ensemble)
def no_extremes(settings: ResourceParam[Settings]) -> AssetCheckResult:
    hit = extremes(pl.read_parquet(settings.weather()))
    return AssetCheckResult(passed=not hit, metadata={"hit": hit})
