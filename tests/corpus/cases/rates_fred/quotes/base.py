import logging
import time
from abc import ABC, abstractmethod

import pandas as pd
from tenacity import retry, stop_after_attempt, wait_exponential

log = logging.getLogger(__name__)


class Source(ABC):
    def __init__(self, keeps: int = 60):
        self.keeps = keeps
        self._kept = None
        self._at = 0.0

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self._kept = None

    def is_fresh(self) -> bool:
        return time.time() - self._at < self.keeps

    @retry(stop=stop_after_attempt(3), wait=wait_exponential(max=10))
    def tried(self, call, *arguments):
        return call(*arguments)

    def checked(self, df: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
        missing = set(columns) - set(df.columns)
        if missing:
            raise ValueError(f"no {', '.join(sorted(missing))}")
        return df.dropna(subset=columns)

    @abstractmethod
    def fetch(self, names: list[str], start: str, end: str) -> pd.DataFrame: ...
