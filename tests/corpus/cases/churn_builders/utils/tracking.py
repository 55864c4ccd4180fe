import logging
from datetime import datetime
from typing import Any, Dict, Optional

import mlflow
import mlflow.sklearn
import numpy as np

from config import tracking_config

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)


class Tracker:
    def __init__(self):
        self.config = tracking_config()
        self.set_up()

    def set_up(self):
        mlflow.set_tracking_uri(self.config.get("uri", "file:./mlruns"))
        name = self.config.get("experiment", "churn")
        if mlflow.get_experiment_by_name(name) is None:
            mlflow.create_experiment(name)
        mlflow.set_experiment(name)

    def begin(self, name: str, tags: Optional[Dict[str, str]] = None) -> mlflow.ActiveRun:
        run = mlflow.start_run(run_name=f"{name} {datetime.now():%H:%M}", tags=tags)
        logger.info(run.info.run_id)
        return run

    def note_training(self, model, metrics: Dict[str, Any], params: Dict[str, Any]):
        mlflow.log_params(params)
        mlflow.log_metrics(metrics)
        mlflow.sklearn.log_model(sk_model=model, artifact_path=self.config.get("path", "model"))

    def note_scores(self, predicted: np.ndarray):
        mlflow.log_metrics({"mean": float(np.mean(predicted)), "count": len(predicted)})

    def newest(self, name: str) -> Optional[str]:
        found = mlflow.tracking.MlflowClient().get_latest_versions(name)
        return found[0].version if found else None

    def end(self):
        mlflow.end_run()


def run_tags(kind: str, more: Optional[Dict[str, str]] = None) -> Dict[str, str]:
    return {"kind": kind, "at": datetime.now().isoformat(), **(more or {})}
