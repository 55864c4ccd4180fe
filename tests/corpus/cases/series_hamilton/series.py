import logging
from typing import Callable, Optional

log = logging.getLogger(__name__)

from hamilton import contrib

with contrib.catch_import_errors(__name__, __file__, log):
    import matplotlib
    import pandas as pd
    from statsforecast import StatsForecast
    from statsforecast.models import _TS, AutoARIMA, HistoricAverage, SeasonalNaive
    from utilsforecast.evaluation import evaluate
    from utilsforecast.losses import mse


def models() -> list[_TS]:
    hours = 24
    return [AutoARIMA(season_length=hours), SeasonalNaive(season_length=hours), HistoricAverage()]


def spare() -> _TS:
    return SeasonalNaive(season_length=7)


def harness(table: pd.DataFrame, models: list[_TS], spare: _TS, freq: str = "h") -> StatsForecast:
    return StatsForecast(df=table, models=models, fallback_model=spare, freq=freq)


def crossed(table: pd.DataFrame, harness: StatsForecast, steps: int = 24) -> pd.DataFrame:
    return harness.cross_validation(df=table, h=steps, step_size=steps, n_windows=2)


def measures() -> list[Callable]:
    return [mse]


def scores(crossed: pd.DataFrame, measures: list[Callable]) -> pd.DataFrame:
    frame = crossed.reset_index()
    names = [one for one in frame.columns if one not in ("unique_id", "ds", "cutoff", "y")]
    parts = []
    for cutoff in frame.cutoff.unique():
        parts.append(evaluate(df=frame.loc[frame.cutoff == cutoff], metrics=measures, models=names))
    return pd.concat(parts).groupby("unique_id").mean(numeric_only=True)


def best(scores: pd.DataFrame) -> pd.Series:
    return scores.idxmin(axis=1)


def drawing(ids: Optional[list[str]] = None, engine: str = "matplotlib") -> dict:
    return dict(unique_ids=ids, engine=engine)


def picture(table: pd.DataFrame, drawing: dict) -> matplotlib.figure.Figure:
    return StatsForecast.plot(table, **drawing)


def graph(out):
    import series
    from hamilton import driver

    driver.Driver({}, series).display_all_functions(out, {"format": "png", "view": False})


if __name__ == "__main__":
    graph("graph")
