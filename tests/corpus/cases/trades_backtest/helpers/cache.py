import logging
import os
from datetime import datetime, timedelta

import pandas as pd

from helpers.names import existing as _existing
from helpers.names import safe_name as _safe

logger = logging.getLogger(__name__)

FOLDER = "prices"
HOURS = 24

os.makedirs(FOLDER, exist_ok=True)


def cached(symbol: str, start: str) -> pd.DataFrame | None:
    path = _existing(FOLDER, symbol, ".parquet")
    if path is None or _too_old(path):
        return None
    try:
        prices = pd.read_parquet(path)
    except Exception as error:
        logger.warning("%s: %s", path, error)
        return None
    lag = (prices.index.min() - pd.Timestamp(start).tz_localize("UTC")).days
    return None if lag > 30 else prices


def _too_old(path):
    changed = datetime.fromtimestamp(os.path.getmtime(path))
    return datetime.now() - changed > timedelta(hours=HOURS)


def keep(prices: pd.DataFrame, symbol: str) -> None:
    path = os.path.join(FOLDER, f"{_safe(symbol)}.parquet")
    try:
        prices.to_parquet(path)
    except Exception as error:
        logger.error("%s: %s", path, error)
