"""How well models do on what they have not seen: a dataflow of Hamilton's."""

import numpy as np
import pandas as pd
from hamilton.function_modifiers import check_output, config, extract_fields
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import load_diabetes
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import KFold


@extract_fields(dict(X_raw=np.ndarray, y=np.ndarray))
def load_data() -> dict:
    X_raw, y = load_diabetes(return_X_y=True)
    return dict(X_raw=X_raw, y=y)


def splits(X_raw: np.ndarray, n_splits: int = 3) -> list[tuple]:
    return [(known, unseen) for known, unseen in KFold(n_splits=n_splits).split(X_raw)]


@config.when_not_in(prepare=["pca"])
def X__plain(X_raw: np.ndarray) -> np.ndarray:
    return X_raw


@config.when(prepare="pca")
def X__pca(X_raw: np.ndarray, n_components: int = 5) -> np.ndarray:
    return PCA(n_components=n_components).fit_transform(X_raw)


@config.when(model="linear")
def base_model__linear() -> BaseEstimator:
    return LinearRegression()


@config.when(model="forest")
def base_model__forest() -> BaseEstimator:
    return RandomForestRegressor()


@config.when(model="boosted")
def base_model__boosted() -> BaseEstimator:
    return HistGradientBoostingRegressor()


def errors(X: np.ndarray, y: np.ndarray, base_model: BaseEstimator, splits: list[tuple]) -> list:
    found = []
    for known, unseen in splits:
        model = clone(base_model)
        model.fit(X[known], y[known])
        found.append(mean_squared_error(y[unseen], model.predict(X[unseen])))
    return found


@check_output(data_type=np.float64, range=(0, 1e9))
def mean_error(errors: list) -> np.float64:
    return np.mean(errors)


def trained(base_model: BaseEstimator, X: np.ndarray, y: np.ndarray) -> BaseEstimator:
    base_model.fit(X, y)
    return base_model


def X_frame(X: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(X)
