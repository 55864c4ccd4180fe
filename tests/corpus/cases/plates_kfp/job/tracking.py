"""What MLflow is told of a training, and what it knows of earlier ones."""

from __future__ import annotations

import os
from pathlib import Path

import mlflow


def counts(done: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for part in ("train", "val"):
        labels = list((done / part / "labels").iterdir())
        found[f"data.{part}_boxes"] = sum(len(one.read_text().splitlines()) for one in labels)
    return found


def noted(done: Path, **others) -> dict:
    params = counts(done)
    params.update(others)
    mlflow.log_params(params)
    return params


def swept(grid: list[dict], base: dict, data: Path, done: Path, experiment: str) -> list[dict]:
    import time

    from ultralytics import YOLO

    found = []
    for number, changes in enumerate(grid, start=1):
        settings = {**base, **changes}
        os.environ["MLFLOW_EXPERIMENT_NAME"] = experiment
        start = time.time()
        try:
            trained = YOLO(settings.pop("model")).train(data=str(data), **settings)
            noted(done, **changes)
            mlflow.log_metric("seconds", time.time() - start)
            run = mlflow.active_run().info.run_id
            mlflow.end_run()
            found.append({"run": run, **changes, "map50": trained.results_dict["metrics/mAP50(B)"]})
        except Exception as error:
            print(number, error)
            found.append({**changes, "error": str(error)})
    return found


def latest(name: str) -> str | None:
    experiment = mlflow.get_experiment_by_name(name)
    if experiment is None:
        return None
    runs = mlflow.search_runs(experiment_ids=[experiment.experiment_id], max_results=1)
    return None if runs.empty else runs.iloc[0]["run_id"]


def compared(name: str):
    experiment = mlflow.get_experiment_by_name(name)
    runs = mlflow.search_runs(experiment_ids=[experiment.experiment_id])
    if runs.empty:
        return runs
    table = runs[[one for one in ("params.epochs", "metrics.mAP50B") if one in runs.columns]].copy()
    table.columns = [one.split(".", 1)[-1] for one in table.columns]
    return table


def address() -> str:
    return os.environ.get("MLFLOW_TRACKING_URI") or mlflow.get_tracking_uri()
