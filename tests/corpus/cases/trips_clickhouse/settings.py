import logging
from pathlib import Path

import yaml

SETTINGS = yaml.safe_load(Path("settings.yaml").read_text()) if Path("settings.yaml").exists() else {}
DATA = SETTINGS.get("data", {"at": "at", "groups": ["zone", "service"], "target": "trips", "every": "1h"})
CLICKHOUSE = SETTINGS.get("clickhouse", {"host": "clickhouse", "port": 8123})


def logger_of(name, path):
    logger = logging.getLogger(name)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    logger.addHandler(logging.FileHandler(path))
    return logger
