"""Pipelines of several families of models, and frames made ready for them."""

from typing import Any, Dict, List, Optional, Tuple

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, StandardScaler


def model_of(name: str, settings: Dict[str, Any]):
    if name == "lightgbm":
        from lightgbm import LGBMClassifier

        return LGBMClassifier(**settings)
    if name == "xgboost":
        from xgboost import XGBClassifier

        return XGBClassifier(**settings)
    if name == "forest":
        return RandomForestClassifier(**settings)
    return LogisticRegression(**settings)


def pipeline_of(name: str, numbers: List[str], words: List[str], settings: Optional[Dict] = None) -> Pipeline:
    prepared = ColumnTransformer(
        [
            ("numbers", Pipeline([("fill", SimpleImputer()), ("scale", StandardScaler())]), numbers),
            ("words", OneHotEncoder(handle_unknown="ignore"), words),
        ]
    )
    return Pipeline([("prepared", prepared), ("model", model_of(name, settings or {}))])


def ready(frame: pd.DataFrame, target: str) -> Tuple[pd.DataFrame, pd.Series, List[str], List[str]]:
    frame = frame.dropna(subset=[target])
    x = frame.drop(columns=[target])
    y = pd.Series(LabelEncoder().fit_transform(frame[target]), index=frame.index)
    numbers = x.select_dtypes("number").columns.tolist()
    return x, y, numbers, [one for one in x.columns if one not in numbers]
