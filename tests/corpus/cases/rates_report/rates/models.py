from __future__ import annotations

import numpy as np
import pandas as pd
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.vector_ar.var_model import VAR

from .data.loader import Bundle
from .data.models import Forecast, Point


def returns(series: pd.Series) -> pd.Series:
    return np.log(series).diff().dropna()


def arima(series: pd.Series, days: int):
    fitted = ARIMA(returns(series), order=(1, 0, 1)).fit()
    return fitted.forecast(days), fitted.resid


def vector(frame: pd.DataFrame, days: int) -> np.ndarray:
    fitted = VAR(frame.dropna()).fit(maxlags=5)
    return fitted.forecast(frame.values[-fitted.k_ar :], days)[:, 0]


def paths(start: float, steps: np.ndarray, residues: pd.Series, count: int = 500) -> np.ndarray:
    noise = np.random.default_rng(3).choice(residues.to_numpy(), size=(count, len(steps)))
    return start * np.exp(np.cumsum(steps + noise, axis=1))


def error(real, said):
    return float(np.sqrt(np.mean((np.asarray(real) - np.asarray(said)) ** 2)))


def forecast(bundle: Bundle, days: int = 7) -> Forecast:
    steps, residues = arima(bundle.spot, days)
    blended = 0.6 * steps.to_numpy() + 0.4 * vector(bundle.joined(), days)
    simulated = paths(bundle.latest(), blended, residues)
    index = pd.date_range(bundle.spot.index[-1], periods=days + 1, freq="B")[1:]
    points = [
        Point(day=day, mean=column.mean(), low=np.quantile(column, 0.1), high=np.quantile(column, 0.9))
        for day, column in zip(index, simulated.T)
    ]
    return Forecast(points=points, residues=residues, weights={"arima": 0.6, "var": 0.4})
