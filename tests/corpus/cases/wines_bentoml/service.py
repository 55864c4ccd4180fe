import logging
import os
import traceback

import bentoml
import mlflow.sklearn
import numpy as np
import pandas as pd
from mlflow.tracking import MlflowClient

logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)

try:
    tracking = os.environ["MLFLOW_TRACKING_URI"].replace("mlflow+", "")
    mlflow.set_tracking_uri(tracking)
    log.info(f"tracking: {tracking}")
except Exception as error:
    log.error(f"no tracking: {error}")
    log.error(traceback.format_exc())
    raise


def is_registered(name, stage):
    client = MlflowClient()
    try:
        for version in client.search_model_versions(f"name='{name}'"):
            if stage in version.aliases or version.current_stage == stage:
                log.info(f"{name}: {version.version}")
                return True
        return False
    except Exception as error:
        log.error(f"{name}: {error}")
        return False


STAGE = "Staging"
LINEAR, FOREST = "wine-linear", "wine-forest"

if not is_registered(LINEAR, STAGE):
    raise Exception(f"no {LINEAR}")
if not is_registered(FOREST, STAGE):
    raise Exception(f"no {FOREST}")

try:
    linear = mlflow.sklearn.load_model(f"models:/{LINEAR}/{STAGE}")
    forest = mlflow.sklearn.load_model(f"models:/{FOREST}/{STAGE}")
    linear_names = linear.feature_names_in_ if hasattr(linear, "feature_names_in_") else None
    forest_names = forest.feature_names_in_ if hasattr(forest, "feature_names_in_") else None
except Exception as error:
    log.error(f"no models: {error}")
    raise


@bentoml.service(resources={"cpu": "2"}, traffic={"timeout": 30})
class Wines:
    @bentoml.api
    def by_line(self, frame: pd.DataFrame) -> np.ndarray:
        try:
            if linear_names is not None and list(frame.columns) != list(linear_names):
                log.warning("other columns")
                frame = frame.reindex(columns=linear_names)
            return linear.predict(frame)
        except Exception:
            log.error(traceback.format_exc())
            raise

    @bentoml.api
    def by_forest(self, frame: pd.DataFrame) -> np.ndarray:
        try:
            if forest_names is not None and list(frame.columns) != list(forest_names):
                frame = frame.reindex(columns=forest_names)
            return forest.predict(frame)
        except Exception:
            log.error(traceback.format_exc())
            raise
