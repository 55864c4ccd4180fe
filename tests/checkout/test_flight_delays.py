"""The helpers of the flight delays example, on tables small enough to check by eye."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "flight_delays"


@pytest.fixture(autouse=True)
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(EXAMPLE))
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "flights"]:
        del sys.modules[name]


def flights(**columns: list[object]) -> pd.DataFrame:
    """Three flights from Newark: on time, late, never arrived."""
    base = {
        "month": [1, 11, 12],
        "day": [1, 2, 3],
        "hour": [5, 6, 7],
        "minute": [0, 15, 30],
        "carrier": ["UA", "AA", "UA"],
        "origin": ["EWR"] * 3,
        "dest": ["IAH", "MIA", "ORD"],
        "distance": [1400, 1089, 719],
        "tailnum": ["N1", "N2", "N3"],
        "time_hour": pd.to_datetime(
            ["2013-01-01T10:00Z", "2013-11-02T10:00Z", "2013-12-03T12:00Z"], utc=True
        ),
        "dep_delay": [2.0, 90.0, None],
        "arr_delay": [14.0, 15.0, None],
    }
    return pd.DataFrame(base | columns)


def weather(hours: list[str]) -> pd.DataFrame:
    from flights import joins

    measures = {name: [float(at) for at, _ in enumerate(hours)] for name in joins.WEATHER}
    times = pd.to_datetime(hours, utc=True)
    return pd.DataFrame({"origin": ["EWR"] * len(hours), "time_hour": times} | measures)


def test_late_is_minutes_or_more_and_what_never_arrived_is_left_out() -> None:
    from flights import joins

    rows = joins.arrived(flights(), 15)
    assert rows["late"].tolist() == [0, 1]


def test_nothing_of_the_flight_itself_is_known_beforehand() -> None:
    from flights import joins

    known = set(joins.arrived(flights(), 15).columns)
    assert not known & {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"}


def test_the_weather_is_that_of_the_hour_before() -> None:
    from flights import joins

    seen = weather(["2013-01-01T09:00Z", "2013-01-01T10:00Z", "2013-11-02T10:00Z"])
    rows = joins.with_weather(joins.arrived(flights(), 15), seen)
    assert rows["temp"].iloc[0] == 0.0
    assert pd.isna(rows["temp"].iloc[1])


def test_a_plane_that_is_not_registered_stays_a_gap() -> None:
    from flights import joins

    planes = pd.DataFrame({"tailnum": ["N2"], "year": [1999], "seats": [100]})
    rows = joins.with_plane(joins.arrived(flights(), 15), planes)
    assert rows["seats"].isna().tolist() == [True, False]


def encoded() -> pd.DataFrame:
    from flights import features, joins

    rows = joins.arrived(flights(arr_delay=[14.0, 15.0, -3.0]), 15)
    planes = pd.DataFrame({"tailnum": ["N2"], "year": [1999], "seats": [100]})
    return features.encode(
        joins.with_plane(joins.with_weather(rows, weather(["2013-01-01T09:00Z"])), planes)
    )


def test_every_column_is_a_number() -> None:
    table = encoded()
    assert all(pd.api.types.is_numeric_dtype(dtype) for dtype in table.dtypes)
    assert table["carrier"].tolist() == [1, 0, 1]
    assert table["weekday"].tolist() == [1, 5, 1]
    assert table["age"].iloc[1] == 14


def test_the_split_is_by_time() -> None:
    from flights import features

    past, future = features.split_by_month(encoded(), 11)
    assert past["month"].tolist() == [1]
    assert future["month"].tolist() == [11]


@pytest.mark.parametrize("month", [1, 13, 0, -2])
def test_a_month_without_a_past_is_refused(month: int) -> None:
    from flights import features

    with pytest.raises(ValueError, match="from 2 to 12"):
        features.split_by_month(encoded(), month)


def test_the_models_look_at_columns_that_are_there_and_not_at_the_answer() -> None:
    from flights import learning

    used = {*learning.CATEGORIES, *learning.NUMBERS}
    assert used <= set(encoded().columns)
    assert not used & {"late", "month"}


def test_the_report_names_the_best() -> None:
    from flights import words

    scores = {
        "flights": 27020,
        "late": 0.34,
        "models": {
            "baseline": {"auc": 0.6, "brier": 0.23, "roc": []},
            "trees": {"auc": 0.71, "brier": 0.2, "roc": []},
        },
    }
    said = words.report(scores, 12)
    assert said["best"] == "trees"
    assert said["summary"].startswith("Of 27,020 flights in December, 34% came late.")
