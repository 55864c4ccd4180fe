from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import polars as pl
from statsforecast import StatsForecast

from forecasts import contract, demand, selection
from forecasts.intervals import LEVELS, intervals

_SEASONS = {"D": 7, "W": 52, "M": 12, "MS": 12, "Q": 4, "H": 24}


def season_of(freq: str | int) -> int:
    if isinstance(freq, int):
        return 1
    return _SEASONS.get(re.sub(r"^\d+", "", freq.upper()), 1)


@dataclass
class Forecasts:
    forecasts: pl.DataFrame
    best: pl.DataFrame
    kinds: pl.DataFrame
    report: contract.Report


class Engine:
    def __init__(
        self,
        *,
        h: int,
        freq: str | int,
        levels: tuple[int, ...] = LEVELS,
        windows: int = 2,
        least: int = 6,
        on_error: str = "raise",
        jobs: int = -1,
    ) -> None:
        self.h = h
        self.freq = freq
        self.levels = list(levels)
        self.windows = windows
        self.least = least
        self.on_error = on_error
        self.jobs = jobs
        self.season = season_of(freq)

    def run(self, frame: pl.DataFrame) -> Forecasts:
        clean, report = contract.validate(frame, least=self.least, on_error=self.on_error)
        kinds = demand.classified(clean)
        smooth, rare = demand.parted(clean, kinds)
        chosen: list[pl.DataFrame] = []
        made: list[pl.DataFrame] = []
        if smooth.height > 0:
            models = selection.smooth_models(self.season)
            picked = selection.select(smooth, h=self.h, freq=self.freq, models=models, windows=self.windows, jobs=self.jobs)
            chosen.append(picked.best)
            made.append(self._forecast(smooth, models, picked.best, own=True))
        if rare.height > 0:
            models = selection.rare_models()
            picked = selection.select(rare, h=self.h, freq=self.freq, models=models, windows=self.windows, jobs=self.jobs)
            chosen.append(picked.best)
            made.append(self._forecast(rare, models, picked.best, own=False))
        return Forecasts(
            forecasts=pl.concat(made, how="vertical"),
            best=pl.concat(chosen, how="vertical"),
            kinds=kinds,
            report=report,
        )

    def _forecast(self, frame: pl.DataFrame, models: list[Any], best: pl.DataFrame, *, own: bool) -> pl.DataFrame:
        names = [getattr(one, "alias", type(one).__name__) for one in models]
        engine = StatsForecast(models=models, freq=self.freq, n_jobs=self.jobs)
        shortest = frame.group_by("unique_id").agg(pl.len().alias("n")).select(pl.col("n").min()).item()
        most = (shortest - 1) // self.h - 1
        if own and most < 2:
            wide = engine.forecast(h=self.h, df=frame, level=self.levels)
        else:
            wide = engine.forecast(
                h=self.h, df=frame, level=self.levels, prediction_intervals=intervals(self.h, max(min(self.windows, most), 2))
            )
        wide = wide.join(best.select(["unique_id", "model"]), on="unique_id", how="left")
        value = pl.coalesce([pl.when(pl.col("model") == one).then(pl.col(one)) for one in names]).alias("y")
        return wide.select([pl.col("unique_id"), pl.col("ds"), pl.col("model"), value])
