"""How comics are liked, part by part."""

import time
from datetime import datetime
from os import path
from typing import Generator, List, Tuple
from urllib.parse import quote, urlencode

import pandas as pd
from mage_ai.io.config import ConfigFileLoader
from mage_ai.io.postgres import Postgres
from mage_ai.settings.repo import get_repo_path

from comics.asking import asked, logger_of

_URL = "https://comics.example.org/statistics"
_SIZE = 100


def _settings() -> str:
    return path.join(get_repo_path(), "io_config.yaml")


def _ids(profile: str) -> List[str]:
    with Postgres.with_config(ConfigFileLoader(_settings(), profile)) as store:
        frame = store.load("SELECT DISTINCT id FROM raw.comics ORDER BY id")
    return frame["id"].tolist()


def _figures(ids: List[str]) -> dict:
    query = urlencode([("id[]", one) for one in ids], quote_via=quote)
    answer = asked(method="GET", url=f"{_URL}?{query}", headers={"Accept": "application/json"}, timeout=30)
    return answer.json().get("statistics", {})


def parts(pipeline: str, profile: str, moment: datetime) -> Generator[Tuple[int, pd.DataFrame], None, None]:
    log = logger_of(__name__).bind(pipeline=pipeline)
    ids = _ids(profile)
    log.info("asking", count=len(ids))
    for i in range(0, len(ids), _SIZE):
        figures = _figures(ids[i : i + _SIZE])
        rows = [{"id": one, "figures": told, "moment": moment} for one, told in figures.items()]
        frame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=["id", "figures", "moment"])
        if not frame.empty:
            frame["moment"] = pd.to_datetime(frame["moment"], utc=True)
        yield i // _SIZE + 1, frame
        time.sleep(0.5)
