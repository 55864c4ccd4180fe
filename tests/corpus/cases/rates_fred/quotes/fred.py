"""Rates of the Federal Reserve, as rows of series, date and value."""

import logging
import os
import time

import pandas as pd
from fredapi import Fred

from quotes.base import Source
from quotes.settings import settings

log = logging.getLogger(__name__)

USUAL = ["DGS1", "DGS10", "DFF"]


class FredSource(Source):
    COLUMNS = ["series", "date", "value"]

    def __init__(self, key: str | None = None, keeps: int = 60):
        super().__init__(keeps)
        self.key = key or settings().fred_key or os.getenv("FRED_API_KEY")
        self._fred: Fred | None = None

    def _client(self) -> Fred:
        if self._fred is None:
            if not self.key:
                raise ValueError("no key")
            self._fred = Fred(api_key=self.key)
        return self._fred

    def _series(self, name: str, start: str, end: str) -> pd.DataFrame:
        data = self._client().get_series(name, observation_start=start, observation_end=end)
        if data.empty:
            log.warning("nothing of %s", name)
            return pd.DataFrame()
        df = data.reset_index()
        df.columns = ["date", "value"]
        df["series"] = name
        return df[self.COLUMNS]

    def fetch(self, names: list[str], start: str, end: str) -> pd.DataFrame:
        names = names or USUAL
        key = (tuple(sorted(names)), start, end)
        if self.is_fresh() and self._kept is not None and self._kept["key"] == key:
            return self._kept["data"]
        parts = []
        for name in names:
            try:
                df = self.tried(self._series, name, start, end)
                if not df.empty:
                    parts.append(df)
            except Exception as fault:
                log.error("%s: %s", name, fault)
        if parts:
            result = self.checked(pd.concat(parts, ignore_index=True), self.COLUMNS)
        else:
            result = pd.DataFrame(columns=self.COLUMNS)
        self._kept = {"key": key, "data": result.copy()}
        self._at = time.time()
        return result


def rates(names: list[str], start: str, end: str, key: str | None = None) -> pd.DataFrame:
    with FredSource(key=key) as source:
        return source.fetch(names, start, end)
