"""Learns the temperature of a place hour by hour, and foretells it."""

import logging
import os
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import List, NamedTuple, Optional

import flytekitplugins.pandera  # noqa: F401
import joblib
import numpy as np
import pandas as pd
import pandera as pa
import requests
from dataclasses_json import dataclass_json
from flytekit import CronSchedule, Email, LaunchPlan, Resources, dynamic, task, workflow
from flytekit.models.core.execution import WorkflowExecutionPhase
from flytekit.types.file import JoblibSerializedFile
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import Nominatim
from pandera.typing import DataFrame, Index, Series
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import SGDRegressor
from sklearn.multioutput import MultiOutputRegressor

SOURCE = "https://air.example.org/access"
MISSING = 9999
CACHE = "1.0"

logger = logging.getLogger(__file__)
logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)

some = Resources(cpu="1", mem="500Mi")
most = Resources(cpu="2", mem="1000Mi")

locator = Nominatim(user_agent="airs", timeout=10)
located = RateLimiter(locator.geocode, min_delay_seconds=1, max_retries=10)


class Raw(pa.SchemaModel):
    DATE: Series[pa.typing.DateTime]
    TMP: Series[str]

    class Config:
        coerce = True


class Hourly(pa.SchemaModel):
    air: Series[float] = pa.Field(ge=-273.15, le=459.67)
    date: Index[pa.typing.DateTime] = pa.Field(unique=True)

    class Config:
        coerce = True


@dataclass_json
@dataclass
class Features:
    airs: List[float]
    moment: Optional[datetime]

    def __post_init__(self):
        if isinstance(self.moment, float):
            self.moment = datetime.fromtimestamp(self.moment)


@dataclass_json
@dataclass
class Instance:
    moment: Optional[datetime]
    features: Features
    target: float

    def __post_init__(self):
        self.target = float("nan") if pd.isna(self.target) else self.target


@dataclass_json
@dataclass
class Scores:
    train: float = 0.0
    valid: float = 0.0


@dataclass_json
@dataclass
class Box:
    north: str
    west: str
    south: str
    east: str


Update = NamedTuple("Update", model=JoblibSerializedFile, scores=Scores)
Page = NamedTuple("Page", results=List[dict], count=int)


def _key():
    key = os.getenv("AIR_KEY")
    if key is None:
        raise ValueError("AIR_KEY is not set")
    return key


def page(box: Box, start: datetime, end: datetime, pages: List[List[dict]]) -> Page:
    params = dict(
        bbox=",".join(box.to_dict().values()),
        startDate=start.replace(tzinfo=None).isoformat(),
        endDate=end.replace(tzinfo=None).isoformat(),
        offset=len([one for some in pages for one in some]),
    )
    asked = "&".join(f"{key}={value}" for key, value in params.items() if value is not None)
    answer = requests.get(f"{SOURCE}?{asked}", headers={"token": _key()})
    time.sleep(0.25)
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}")
    told = answer.json()
    return Page(results=told["results"], count=told["count"])


@task(cache=True, cache_version=CACHE)
def box_of(place: str) -> Box:
    found = located(place)
    south, north, west, east = range(4)
    return Box(*[found.raw["boundingbox"][i] for i in [north, west, south, east]])


def parsed(temperatures: pd.Series, name: str) -> pd.Series:
    return (
        temperatures.str.split(",", expand=True)
        .rename(columns={0: name, 1: "quality"})
        .astype({name: int})
        .query(f"{name} != {MISSING}")
        .assign(**{name: lambda frame: frame[name] * 0.1})
    )


@pa.check_types
def file_of(path: str) -> DataFrame[Raw]:
    if path.startswith("/"):
        answer = requests.get(f"{SOURCE}/{path[1:]}")
        return pd.read_csv(StringIO(answer.text), low_memory=False)
    raise RuntimeError(f"no file {path}")


def raw(pages: List[dict]) -> DataFrame[Raw]:
    return pd.concat([file_of(path=one["filePath"]) for one in pages])


def hourly(frame: DataFrame[Raw]) -> DataFrame[Hourly]:
    if frame.empty:
        return pd.DataFrame(columns=["air", "quality", "date"])
    frame = frame.rename(columns=lambda name: name.lower()).astype({"date": "datetime64[ns]"})
    return (
        parsed(frame["tmp"], name="air")
        .join(frame["date"])
        .assign(date=lambda some: some.date.dt.floor("H"))
        .loc[lambda some: ~some.quality.isin({"3", "7"})]
        .groupby("date")
        .agg({"air": "mean"})
        .resample("1H")
        .mean()
        .interpolate(method="linear", limit_direction="forward", limit=None)
    )


@task(cache=True, cache_version=CACHE, requests=some, limits=most)
def weather(box: Box, start: datetime, end: datetime, fetched: datetime) -> DataFrame[Hourly]:
    logger.info(f"{box} between {start} and {end}, {fetched}")
    pages = []
    count = -1
    while count < len([one for some in pages for one in some]):
        results, count = page(box=box, start=start, end=end, pages=pages)
        pages.append(results)
    return hourly(frame=raw([one for some in pages for one in some]))


def instance(known: DataFrame[Hourly], start: datetime, end: datetime) -> Instance:
    airs = []
    moment = None
    target = float("nan")
    features = known.loc[start : end - pd.Timedelta(1, unit="H")].sort_index(ascending=False)
    if not (known.empty or features.empty):
        airs = features["air"].tolist()
        moment = features.index[0].to_pydatetime()
    if pd.to_datetime(end) in known.index:
        target = known["air"].loc[end]
    return Instance(moment=end, features=Features(airs=airs, moment=moment), target=target)


@task
def rounded(moment: datetime, up: bool) -> datetime:
    return datetime(moment.year + 1 if up else moment.year, 1, 1, 0, tzinfo=None)


@task(requests=some, limits=most)
def instances_between(known: DataFrame[Hourly], start: datetime, end: datetime, back: int) -> List[Instance]:
    found = []
    for i in range(1, int((end - start).total_seconds() / 3600) + 1):
        now = start + timedelta(hours=i)
        found.append(instance(known=known, start=now - timedelta(hours=back), end=now))
    return found


@task
def this_hour() -> datetime:
    return pd.Timestamp.now().floor("H").to_pydatetime()


@dynamic(requests=some, limits=most)
def instances(box: Box, start: datetime, end: datetime, back: int) -> List[Instance]:
    known = weather(
        box=box, start=rounded(moment=start - timedelta(days=back), up=False), end=rounded(moment=end, up=True), fetched=this_hour()
    )
    return instances_between(known=known, start=start, end=end, back=back)


def written(model: BaseEstimator) -> JoblibSerializedFile:
    path = "/tmp/model.joblib"
    with open(path, "wb") as file:
        joblib.dump(model, file, compress=True)
    return JoblibSerializedFile(path=path)


def read(model: JoblibSerializedFile) -> BaseEstimator:
    with open(model, "rb") as file:
        return joblib.load(file)


def one_of(x: int, k: int):
    return [int(x == i) for i in range(k)]


def between(x: int, low: int, high: int):
    return (x - low) / (high - low)


def encoded_moment(moment: datetime):
    moment = pd.Timestamp(moment)
    return np.array([*one_of(moment.hour, 24), *one_of(moment.month, 12), between(moment.year, 1900, 2500)])


def encoded(features: Features):
    airs = between(np.array(features.airs), -100, 100)
    differences = airs[0] - airs[1:]
    moment = encoded_moment(features.moment)
    products = np.matmul(differences.reshape(-1, 1), moment.reshape(1, -1)).ravel()
    return np.concatenate([airs[:1], differences, moment, products]).reshape(1, -1)


def weighted(error, sum_of_errors, epsilon=0.1):
    return epsilon * error + (1 - epsilon) * sum_of_errors


def _updated(model, scores, one):
    features = encoded(one.features)
    try:
        guessed = model.predict(features).ravel()[0]
    except NotFittedError:
        guessed = np.mean(one.features.airs)
    valid = weighted(abs(guessed - one.target), scores.valid)
    model.partial_fit(features, [[one.target]])
    train = weighted(abs(model.predict(features).ravel()[0] - one.target), scores.train)
    return model, Scores(train, valid)


@task
def updated(model: JoblibSerializedFile, scores: Scores, found: List[Instance]) -> Update:
    model = read(model)
    for one in found:
        model, scores = _updated(model, scores, one)
    return Update(model=written(model), scores=scores)


@dynamic(cache=True, cache_version=CACHE, requests=some, limits=most)
def begun(box: Box, since: datetime, days: int, back: int) -> Update:
    model = MultiOutputRegressor(SGDRegressor(penalty="l1", random_state=567))
    known = instances(box=box, start=since - timedelta(days=days), end=since, back=back)
    return updated(model=written(model), scores=Scores(), found=known)


@workflow
def foretell(place: str = "Ghent, BE", since: datetime = datetime(2024, 1, 1), days: int = 3, back: int = 3) -> Update:
    box = box_of(place=place)
    return begun(box=box, since=since, days=days, back=back)


each_hour = LaunchPlan.get_or_create(
    workflow=foretell,
    name="foretell_hourly",
    schedule=CronSchedule(schedule="0 * * * *"),
    notifications=[Email(phases=[WorkflowExecutionPhase.FAILED], recipients_email=["airs@example.org"])],
)
