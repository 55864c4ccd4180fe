from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import polars as pl
import xgboost as xgb

from substations.contracts import Forecast

from .features import names_of, with_clock, with_lags


@dataclass
class Forecaster:
    config: dict[str, Any] = field(default_factory=dict)
    model: xgb.Booster | None = None
    names: list[str] = field(default_factory=list)

    def train(self, power: pl.LazyFrame, weather: pl.LazyFrame) -> Self:
        rows = with_lags(with_clock(power.join(weather, on="time"))).collect().drop_nulls()
        self.names = names_of(rows)
        data = xgb.DMatrix(rows.select(self.names).to_numpy(), label=rows["power"].to_numpy())
        self.model = xgb.train(self.config, data, num_boost_round=200)
        return self

    def predict(self, rows: pl.DataFrame) -> pl.DataFrame:
        if self.model is None:
            return Forecast.empty()
        said = self.model.predict(xgb.DMatrix(rows.select(self.names).to_numpy()))
        return rows.select("substation", pl.col("time").alias("valid")).with_columns(power=pl.Series(np.round(said, 2)))

    def describe(self) -> str:
        return f"{len(self.names)} features"
