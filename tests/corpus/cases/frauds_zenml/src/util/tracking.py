"""Experiments and how they are measured."""

import mlflow
import pandas as pd
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, roc_auc_score
from zenml.client import Client

from src.util.preparing import SEED

SETTINGS = {"max_leaf_nodes": None, "random_state": SEED}

try:
    tracker = Client().active_stack.experiment_tracker
    tracker_name = tracker.name
except AttributeError:
    tracker_name = None


def experiment(name: str) -> str:
    found = mlflow.get_experiment_by_name(name)
    if not found:
        found = mlflow.create_experiment(name)
    return found


def measures(true: pd.Series, said: pd.Series, chance: pd.Series) -> dict[str, float]:
    return {
        "ROC": roc_auc_score(true, chance),
        "PR": average_precision_score(true, chance),
        "F1": f1_score(true, said),
        "accuracy": accuracy_score(true, said),
    }
