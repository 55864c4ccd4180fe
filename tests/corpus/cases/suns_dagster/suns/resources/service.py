"""The service that knows what roofs give."""

import abc
import dataclasses
import datetime as dt
import functools
import io
import multiprocessing

import dagster as dg
import pandas as pd
import requests
from requests.adapters import HTTPAdapter, Retry


class Asked(abc.ABC):
    @abc.abstractmethod
    def endpoint(self) -> str:
        """Where to ask."""

    @abc.abstractmethod
    def params(self, user: str, key: str) -> list[dict[str, str]]:
        """What to ask."""


@dataclasses.dataclass
class Meters(Asked):
    start: dt.datetime
    end: dt.datetime
    minutes: int = 30

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("the end is before the start")
        self.start = self.start.astimezone(dt.UTC).replace(tzinfo=None)

    def endpoint(self) -> str:
        return "raw/5mins" if self.minutes == 5 else "raw/30mins"

    def params(self, user: str, key: str) -> list[dict[str, str]]:
        ticks: pd.DatetimeIndex = pd.date_range(
            start=pd.to_datetime(self.start).ceil(f"{self.minutes}min"), end=pd.to_datetime(self.end), freq=f"{self.minutes}min"
        )
        return [{"start": tick.isoformat(), "end": (tick + pd.Timedelta(minutes=self.minutes)).isoformat(), "user": user} for tick in ticks]


@dataclasses.dataclass
class Systems(Asked):
    def endpoint(self) -> str:
        return "raw/systems"

    def params(self, user: str, key: str) -> list[dict[str, str]]:
        return [{"user": user, "key": key}]


class Service(dg.ConfigurableResource):
    user: str
    key: str
    base: str = "https://suns.example.org"
    processes: int = 1

    def setup_for_execution(self, _: dg.InitResourceContext) -> None:
        self._log = dg.get_dagster_logger()

    @staticmethod
    def _query(url: str, params: dict[str, str]) -> pd.DataFrame:
        session: requests.Session = requests.Session()
        session.mount(prefix="https://", adapter=HTTPAdapter(max_retries=Retry(total=10, backoff_factor=0.1)))
        answer = session.get(url=url, params=params, timeout=3600)
        if answer.status_code != 200:
            raise ValueError(f"{answer.status_code}")
        return pd.read_csv(io.StringIO(answer.text), parse_dates=True)

    def request(self, asked: Asked) -> pd.DataFrame:
        pool = multiprocessing.Pool(processes=self.processes)
        url: str = f"{self.base}/{asked.endpoint()}"
        frames = pool.map(functools.partial(self._query, url), asked.params(self.user, self.key))
        found: pd.DataFrame = pd.concat(frames)
        self._log.debug(f"{len(found)} rows")
        return found
