"""What makes cattle gain weight: fixed effects, as a model of dbt."""

import warnings

warnings.filterwarnings("ignore")
from typing import Optional

import numpy as np
import pandas as pd

LEAST = -2.0
MOST = 5.0


def prepared(given: pd.DataFrame) -> Optional[pd.DataFrame]:
    frame = given.copy()
    for column in ["animal", "weight", "gain", "day", "breed"]:
        if column not in frame.columns:
            print(f"no {column}")
            return None
    frame = frame[(frame["gain"] >= LEAST) & (frame["gain"] <= MOST)]
    frame["day"] = pd.to_datetime(frame["day"], errors="coerce")
    frame["season"] = frame["day"].dt.month.map({12: "winter", 1: "winter", 6: "summer"}).fillna("between")
    frame["breed"] = frame["breed"].fillna("unknown").astype(str)
    return frame


def fitted(frame: pd.DataFrame) -> pd.DataFrame:
    target = frame["gain"].values.astype(float)
    parts = [pd.DataFrame({"intercept": 1.0}, index=frame.index)]
    for column in ("breed", "season"):
        dummies = pd.get_dummies(frame[column], prefix=column)
        parts.append(dummies.drop(columns=[dummies.sum().idxmax()]).astype(int))
    whole = pd.concat(parts, axis=1)
    matrix = whole.values.astype(float)
    squared = matrix.T @ matrix
    try:
        beta = np.linalg.solve(squared, matrix.T @ target)
    except np.linalg.LinAlgError:
        beta = np.linalg.pinv(squared) @ (matrix.T @ target)
    error = np.sum((target - matrix @ beta) ** 2) / max(len(target) - len(beta), 1)
    return pd.DataFrame([{"variable": column, "estimate": float(beta[i]), "error": float(error)} for i, column in enumerate(whole.columns)])


def model(dbt, session):
    dbt.config(materialized="table", tags=["cattle"])
    given = dbt.ref("weights").to_df()
    frame = prepared(given)
    if frame is None or len(frame) == 0:
        return pd.DataFrame({"variable": ["none"], "estimate": [0]})
    found = fitted(frame)
    found["made"] = pd.Timestamp.now()
    found["animals"] = frame["animal"].nunique()
    return found
