"""Series of rates and prices, from three services."""
from __future__ import annotations

import logging
from dataclasses import dataclass, field
from io import StringIO
from typing import Dict

import pandas as pd
import requests
import yfinance as yf
from fredapi import Fred
from requests_cache import CachedSession
from tenacity import retry, stop_after_attempt

from ..config import Settings

log = logging.getLogger(__name__)


@dataclass
class Sources:
    used: Dict[str, str] = field(default_factory=dict)

    def add(self, name: str, url: str) -> None:
        self.used[name] = url

    def as_markdown(self) -> str:
        return "\n".join(f"- **{name}**: {url}" for name, url in self.used.items())


@dataclass
class Bundle:
    spot: pd.Series
    copper: pd.Series
    macro: pd.DataFrame
    sources: Sources = field(default_factory=Sources)

    def latest(self) -> float:
        return float(self.spot.iloc[-1])

    def joined(self) -> pd.DataFrame:
        return pd.concat([self.spot.rename("spot"), self.copper.rename("copper"), self.macro], axis=1).ffill()


class Loader:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.session = CachedSession("rates", expire_after=3600)
        self.sources = Sources()

    @retry(stop=stop_after_attempt(3))
    def _csv(self, url: str) -> pd.DataFrame:
        answer = self.session.get(url, timeout=20)
        answer.raise_for_status()
        return pd.read_csv(StringIO(answer.text), index_col=0, parse_dates=True)

    def spot(self) -> pd.Series:
        self.sources.add("spot", "https://finance.example.org")
        return yf.download("CLP=X", period="2y")["Close"].squeeze()

    def macro(self) -> pd.DataFrame:
        fred = Fred(api_key=self.settings.key)
        return pd.DataFrame({name: fred.get_series(name) for name in ("FEDFUNDS", "CPIAUCSL")})

    def load(self) -> Bundle:
        try:
            copper = self._csv("https://prices.example.org/copper.csv")["close"]
        except requests.RequestException as fault:
            log.warning("no copper: %s", fault)
            copper = pd.Series(dtype=float)
        return Bundle(spot=self.spot(), copper=copper, macro=self.macro(), sources=self.sources)
