"""How good the models are on flights that they have not seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve
from sklearn.pipeline import Pipeline

POINTS = 101


def evaluate(models: Mapping[str, Pipeline], test: pd.DataFrame) -> dict[str, Any]:
    """Plain numbers: ``{"flights": n, "late": share, "models": {name: {"auc", "brier", "roc": [[x, y], …]}}}``."""
    late = test["late"].to_numpy()
    return {
        "flights": len(late),
        "late": round(float(late.mean()), 4),
        "models": {
            name: score(late, model.predict_proba(test)[:, 1]) for name, model in models.items()
        },
    }


def score(late: np.ndarray, chance: np.ndarray) -> dict[str, Any]:
    """Area under the ROC curve, Brier score, and the curve itself at POINTS even places."""
    false, true, _ = roc_curve(late, chance)
    places = np.linspace(0, 1, POINTS)
    curve = np.column_stack([places, np.interp(places, false, true)])
    return {
        "auc": round(float(roc_auc_score(late, chance)), 4),
        "brier": round(float(brier_score_loss(late, chance)), 4),
        "roc": curve.round(4).tolist(),
    }
