from datetime import date
from typing import cast

import dagster as dg
import mlflow
import polars as pl
from deltalake import DeltaTable
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf
from pydantic import Field, field_validator

from substations.contracts import ROOT, Forecast, Settings
from substations.ml.tracking import logged


class TrainConfig(dg.Config):
    start: str | None = Field(default=None)
    chosen: list[int] | None = None

    @field_validator("start")
    @classmethod
    def is_day(cls, value: str | None) -> str | None:
        if value is not None:
            date.fromisoformat(value)
        return value


def hydra_config(name: str) -> dict:
    GlobalHydra.instance().clear()
    with initialize_config_dir(config_dir=str(ROOT / "conf"), version_base=None):
        return cast(dict, OmegaConf.to_container(compose("config", overrides=[f"model={name}"]), resolve=True))


def newest(table: str) -> str:
    return str(DeltaTable(table).history(1)[0]["timestamp"])


def power_of(settings: Settings) -> pl.LazyFrame:
    return pl.scan_delta(settings.table)


def chosen_of(config: TrainConfig, there: list[int]) -> list[int]:
    return [one for one in config.chosen if one in there] if config.chosen else there


@dg.asset(ins={"weather": dg.AssetIn("weather")}, group_name="models")
def trained(
    context: dg.AssetExecutionContext, config: TrainConfig, settings: dg.ResourceParam[Settings], weather: pl.LazyFrame
) -> str | None:
    mlflow.set_tracking_uri(settings.tracking)
    power = power_of(settings)
    there = power.select("substation").unique().collect()["substation"].to_list()
    chosen = chosen_of(config, there)
    if not chosen:
        context.log.warning("nobody")
        return None
    return logged("xgboost", hydra_config("xgboost"), power.filter(pl.col("substation").is_in(chosen)), weather)


@dg.asset
def forecast(trained: str, weather: pl.LazyFrame) -> pl.DataFrame:
    if not trained:
        return Forecast.empty()
    model = mlflow.pyfunc.load_model(f"runs:/{trained}/model")
    return pl.from_pandas(model.predict(weather.collect().to_pandas()))
