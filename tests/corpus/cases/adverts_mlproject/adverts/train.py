"""Trains who clicks, and tells MLflow."""

from __future__ import annotations

import argparse
import logging

import joblib
import matplotlib.pyplot as plt
import mlflow
import mlflow.sklearn
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix, f1_score, roc_auc_score
from sklearn.pipeline import Pipeline

from adverts.data import load, split
from adverts.features import prepared
from adverts.settings import EXPERIMENT, MODELS, TRACKING

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
log = logging.getLogger(__name__)


def model_of(c: float = 1.0, rounds: int = 800) -> Pipeline:
    return Pipeline(steps=[("prepare", prepared()), ("model", LogisticRegression(C=c, max_iter=rounds))])


def tell(model: Pipeline, figures: dict, c: float, rounds: int, x, y, guess) -> None:
    mlflow.log_params({"c": c, "rounds": rounds})
    mlflow.log_metrics(figures)
    mlflow.sklearn.log_model(model, name="model", signature=infer_signature(x, model.predict(x)), input_example=x.iloc[:3])
    figure, axes = plt.subplots(figsize=(4, 4))
    ConfusionMatrixDisplay(confusion_matrix(y, guess)).plot(ax=axes)
    mlflow.log_figure(figure, "matrix.png")
    plt.close(figure)


def train(c: float = 1.0, rounds: int = 800, tracked: bool = True) -> dict:
    x_known, x_test, y_known, y_test = split(load())
    model = model_of(c=c, rounds=rounds)
    model.fit(x_known, y_known)
    chances = model.predict_proba(x_test)[:, 1]
    guess = (chances >= 0.5).astype(int)
    figures = {"f1": float(f1_score(y_test, guess)), "auc": float(roc_auc_score(y_test, chances))}
    if tracked:
        mlflow.set_tracking_uri(TRACKING)
        mlflow.set_experiment(EXPERIMENT)
        log.info("told to %s", TRACKING)
        with mlflow.start_run(run_name="plain"):
            tell(model, figures, c, rounds, x_test, y_test, guess)
    MODELS.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, MODELS / "model.joblib")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--c", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=800)
    parser.add_argument("--untracked", dest="tracked", action="store_false")
    given = parser.parse_args()
    train(c=given.c, rounds=given.rounds, tracked=given.tracked)


if __name__ == "__main__":
    main()
