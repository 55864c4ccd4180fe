from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from statsforecast import StatsForecast
from statsforecast.models import TSB, AutoARIMA, AutoETS, CrostonSBA, SeasonalNaive
from utilsforecast.evaluation import evaluate
from utilsforecast.losses import mae, mase


@dataclass
class Selection:
    best: pl.DataFrame
    scores: pl.DataFrame


def smooth_models(season: int) -> list[Any]:
    return [AutoARIMA(season_length=season), AutoETS(season_length=season), SeasonalNaive(season_length=season)]


def rare_models() -> list[Any]:
    return [CrostonSBA(), TSB(alpha_d=0.2, alpha_p=0.2)]


def select(frame: pl.DataFrame, *, h: int, freq: str | int, models: list[Any], windows: int, jobs: int) -> Selection:
    tested = StatsForecast(models=models, freq=freq, n_jobs=jobs).cross_validation(df=frame, h=h, n_windows=windows)
    names = [getattr(one, "alias", type(one).__name__) for one in models]
    scores = evaluate(tested.drop("cutoff"), metrics=[mae], models=names)
    long = scores.unpivot(index=["unique_id", "metric"], on=names, variable_name="model", value_name="mae")
    return Selection(best=long.sort("mae").group_by("unique_id").first(), scores=scores)
