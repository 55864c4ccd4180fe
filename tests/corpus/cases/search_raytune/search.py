"""Searches families of models and their settings at once, with Ray."""

from functools import partial
from typing import Any, Dict, List, Optional

import numpy as np
import pandas as pd
from ray import tune
from ray.tune.schedulers import ASHAScheduler
from ray.tune.search.optuna import OptunaSearch
from sklearn.base import clone
from sklearn.metrics import get_scorer
from sklearn.model_selection import StratifiedKFold

from models import pipeline_of, ready

SPACES: Dict[str, Dict[str, Any]] = {
    "lightgbm": {"n_estimators": tune.qrandint(100, 1000, 50), "learning_rate": tune.loguniform(1e-3, 0.3)},
    "xgboost": {"max_depth": tune.randint(3, 11), "subsample": tune.uniform(0.5, 1.0)},
    "forest": {"max_features": tune.choice(["sqrt", "log2"])},
}


def several(trial, names: List[str]):
    name = trial.suggest_categorical("name", names)
    if name == "lightgbm":
        trial.suggest_int("n_estimators", 100, 1000, step=50)
    elif name == "xgboost":
        trial.suggest_int("max_depth", 3, 10)


def trained(config, x, y, folds, numbers, words, scoring):
    config = dict(config)
    pipeline = pipeline_of(config.pop("name"), numbers, words, config)
    scorer = get_scorer(scoring)
    scores = []
    for train, test in folds:
        fitted = clone(pipeline).fit(x.iloc[train], y.iloc[train])
        scores.append(scorer(fitted, x.iloc[test], y.iloc[test]))
        tune.report({"score": float(np.mean(scores))})


def searched(
    frame: pd.DataFrame, target: str, names: List[str] = ("lightgbm",), scoring: Optional[str] = None, seed: int = 42
) -> Dict[str, Any]:
    x, y, numbers, words = ready(frame, target)
    folds = list(StratifiedKFold(n_splits=5, shuffle=True, random_state=seed).split(x, y))
    if len(names) == 1:
        space = {"name": names[0], **SPACES[names[0]]}
        search = OptunaSearch(seed=seed)
    else:
        space = None
        search = OptunaSearch(space=partial(several, names=list(names)), metric="score", mode="max", seed=seed)
    trainable = tune.with_resources(
        tune.with_parameters(
            trained, x=x, y=y, folds=folds, numbers=numbers, words=words, scoring=scoring or "roc_auc"
        ),
        {"cpu": 1},
    )
    tuner = tune.Tuner(
        trainable,
        param_space=space,
        tune_config=tune.TuneConfig(
            metric="score", mode="max", num_samples=50, search_alg=search, scheduler=ASHAScheduler(max_t=5)
        ),
        run_config=tune.RunConfig(storage_path=None, verbose=1),
    )
    best = tuner.fit().get_best_result(metric="score", mode="max")
    return {"settings": dict(best.config), "score": best.metrics["score"]}


if __name__ == "__main__":
    from sklearn.datasets import load_breast_cancer

    searched(load_breast_cancer(as_frame=True).frame, target="target", names=["lightgbm", "xgboost"])
