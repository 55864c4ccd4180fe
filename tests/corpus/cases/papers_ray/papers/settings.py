"""Folders, the logger and the tracking server of the classifier of papers."""
import logging
import logging.config
import os
import sys
from pathlib import Path

import mlflow
from rich.logging import RichHandler

HERE = Path(__file__).parent.parent.absolute()
SHARE = Path(os.environ.get("SHARE", "/tmp/papers"))
TRACKING = f"file://{SHARE / 'mlflow'}"
SHARE.joinpath("mlflow").mkdir(parents=True, exist_ok=True)
mlflow.set_tracking_uri(TRACKING)

logging.config.dictConfig(
    {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"short": {"format": "%(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "stream": sys.stdout, "formatter": "short"}},
        "root": {"handlers": ["console"], "level": logging.INFO},
    }
)
log = logging.getLogger("papers")
if log.handlers:
    log.handlers[0] = RichHandler(markup=True)

DULL = ["a", "the", "of", "and", "we", "our", "in"]
BASE_MODEL = "allenai/scibert_scivocab_uncased"
