import json
from pathlib import Path

import joblib
import lightgbm as lgb
import numpy as np
import optuna
import shap
from optuna.integration import LightGBMPruningCallback
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split
from xgboost import XGBClassifier

from common import get_logger, read_settings, read_table

log = get_logger(__name__)
SETTINGS = read_settings("settings.yaml")
METRICS = {"auc": roc_auc_score, "f1": lambda y, p: f1_score(y, np.round(p))}


def load(path=SETTINGS["train"]):
    frame = read_table(path)
    log.info("{} rows", len(frame))
    return frame.drop(columns="target"), frame["target"]


def objective(trial, x, y):
    params = {"num_leaves": trial.suggest_int("num_leaves", 8, 256), "objective": "binary"}
    a, b, ya, yb = train_test_split(x, y, stratify=y)
    model = lgb.train(
        params,
        lgb.Dataset(a, ya),
        valid_sets=[lgb.Dataset(b, yb)],
        callbacks=[LightGBMPruningCallback(trial, "binary_logloss")],
    )
    return score(yb, model.predict(b))


def score(y, p, metric="auc"):
    return METRICS[metric](y, p)


def tune(x, y, trials=20):
    study = optuna.create_study(direction="maximize")
    study.optimize(lambda trial: objective(trial, x, y), n_trials=trials)
    return study.best_params


def fit_folds(x, y, params):
    models = []
    for train, _ in StratifiedKFold(5).split(x, y):
        models.append(lgb.LGBMClassifier(**params).fit(x.iloc[train], y.iloc[train]))
    return models


def fit_rival(x, y):
    return XGBClassifier(n_estimators=200).fit(x, y)


def explain(model, x, out="shap.json"):
    values = shap.TreeExplainer(model).shap_values(x)
    Path(out).write_text(json.dumps(np.abs(values).mean(0).tolist()))


def keep(models, folder="models"):
    for number, model in enumerate(models):
        joblib.dump(model, Path(folder) / f"{number}.pkl")


if __name__ == "__main__":
    x, y = load()
    best = tune(x, y)
    log.info("best: {}", best)
    models = fit_folds(x, y, best)
    keep(models)
    explain(models[0], x)
