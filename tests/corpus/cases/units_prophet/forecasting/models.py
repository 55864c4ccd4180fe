import logging
from abc import ABC, abstractmethod
from enum import Enum
from functools import partial
from typing import Any, Dict, List, Optional, Union

import cloudpickle
import hyperopt
import mlflow
import numpy as np
import pandas as pd
import prophet
from hyperopt import SparkTrials, Trials, fmin
from mlflow.exceptions import MlflowException
from mlflow.models.signature import ModelSignature, infer_signature
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE
from mlflow.utils.environment import _mlflow_conda_env
from prophet import Prophet
from prophet.diagnostics import cross_validation, performance_metrics
from prophet.serialize import model_to_json

from .calendar import NAMES, OFFSETS, cutoffs, horizon_for, is_quarterly

stan = logging.getLogger("cmdstanpy")
stan.addHandler(logging.NullHandler())
stan.propagate = False
stan.setLevel(logging.CRITICAL)


class Model(ABC, mlflow.pyfunc.PythonModel):
    @abstractmethod
    def __init__(self):
        super().__init__()

    @property
    @abstractmethod
    def environment(self): ...

    @staticmethod
    def _with_columns(frame: pd.DataFrame, wanted: List[str]):
        if not set(wanted).issubset(frame.columns):
            raise MlflowException(message=f"wanted: {wanted}", error_code=INVALID_PARAMETER_VALUE)

    def signature(self, sample: pd.DataFrame = None) -> ModelSignature:
        return infer_signature(sample, self.predict(context=None, model_input=sample))


def logged(model: Model, sample: pd.DataFrame = None) -> None:
    try:
        signature = model.signature(sample)
    except Exception:
        signature = None
    mlflow.pyfunc.log_model("model", conda_env=model.environment, python_model=model, signature=signature)


ENVIRONMENT = _mlflow_conda_env(
    additional_pip_deps=[f"prophet=={prophet.__version__}", f"cloudpickle=={cloudpickle.__version__}"]
)


class OfProphet(Model):
    def __init__(self, text: Union[Dict[tuple, str], str], horizon: int, frequency: str, time: str) -> None:
        self._text = text
        self._horizon = horizon
        self._frequency = frequency
        self._time = time
        self._quarterly = is_quarterly(frequency)
        super().__init__()

    def load_context(self, context: mlflow.pyfunc.model.PythonModelContext) -> None:
        from prophet import Prophet  # noqa: F401

    @property
    def environment(self):
        return ENVIRONMENT

    def model(self) -> prophet.forecaster.Prophet:
        from prophet.serialize import model_from_json

        return model_from_json(self._text)

    def future(self, horizon: int = None, history: bool = True) -> pd.DataFrame:
        step = OFFSETS[NAMES[self._frequency]]
        return self.model().make_future_dataframe(
            periods=horizon or self._horizon, freq=pd.DateOffset(**step), include_history=history
        )

    def forecast(self, horizon: int = None, history: bool = True) -> pd.DataFrame:
        return self.model().predict(self.future(horizon=horizon, history=history))

    def predict(self, context: mlflow.pyfunc.model.PythonModelContext, model_input: pd.DataFrame) -> pd.Series:
        self._with_columns(model_input, [self._time])
        found = self.model().predict(pd.DataFrame({"ds": model_input[self._time]}))
        return found["yhat"]

    def signature(self, sample: pd.DataFrame = None) -> ModelSignature:
        if sample is None:
            sample = self.future(horizon=1)
            sample.rename(columns={"ds": self._time}, inplace=True)
        return super().signature(sample)


class Names(Enum):
    CHANGES = "changepoint_prior_scale"
    SEASONS = "seasonality_prior_scale"


def _tried(
    params: Dict[str, Any],
    history: pd.DataFrame,
    horizon: int,
    frequency: str,
    ends: List[pd.Timestamp],
    metric: str,
    country: Optional[str] = None,
    **more,
) -> Dict[str, Any]:
    model = Prophet(**{**params, **more})
    if country:
        model.add_country_holidays(country_name=country)
    model.fit(history, iter=200)
    tested = cross_validation(model, horizon=pd.to_timedelta(horizon, unit=frequency), cutoffs=ends, disable_tqdm=True)
    metrics = performance_metrics(tested).mean().drop("horizon").to_dict()
    return {"loss": metrics[metric], "metrics": metrics, "status": hyperopt.STATUS_OK}


class Search(ABC):
    METRICS = ["mse", "rmse", "mae", "coverage"]

    def __init__(
        self,
        horizon: int,
        unit: str,
        metric: str,
        space: Dict[str, Any],
        algorithm=hyperopt.tpe.suggest,
        seed: int = 0,
        parallel: bool = True,
    ) -> None:
        self._horizon = horizon
        self._unit = NAMES[unit]
        self._metric = metric
        self._space = space
        self._algorithm = algorithm
        self._random = np.random.default_rng(seed)
        self._parallel = parallel

    def fit(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame["ds"] = pd.to_datetime(frame["ds"])
        horizon = horizon_for(frame, self._horizon, self._unit)
        ends = cutoffs(frame.reset_index(drop=True), horizon=horizon, unit=self._unit, folds=5)
        tried = partial(
            _tried, history=frame, horizon=horizon, frequency=self._unit, ends=ends, metric=self._metric
        )
        trials = SparkTrials() if self._parallel else Trials()
        best = fmin(
            fn=tried, space=self._space, algo=self._algorithm, max_evals=10, trials=trials, rstate=self._random
        )
        model = Prophet(
            changepoint_prior_scale=best.get(Names.CHANGES.value, 0.05),
            seasonality_prior_scale=best.get(Names.SEASONS.value, 10.0),
        )
        model.fit(frame)
        found = pd.DataFrame({"model": model_to_json(model)}, index=[0])
        metrics = trials.best_trial["result"]["metrics"]
        for one in self.METRICS:
            found[one] = metrics.get(one, np.nan)
        return found
