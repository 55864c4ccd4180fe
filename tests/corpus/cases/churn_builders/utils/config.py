import os
from typing import Any, Dict

import yaml

FILE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "config.yaml")


def load_config() -> Dict[str, Any]:
    with open(FILE) as file:
        return yaml.safe_load(file)


def paths() -> Dict[str, str]:
    return load_config().get("paths", {})


def model_config():
    return load_config().get("model", {})


def tracking_config():
    return load_config().get("mlflow", {})
