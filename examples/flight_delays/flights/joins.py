"""From three tables to one: a row a flight, with only what is known an hour before it should leave."""

from __future__ import annotations

import pandas as pd

KNOWN = [
    "month",
    "day",
    "hour",
    "minute",
    "carrier",
    "origin",
    "dest",
    "distance",
    "tailnum",
    "time_hour",
]
WEATHER = ["temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib"]


def arrived(flights: pd.DataFrame, minutes: int) -> pd.DataFrame:
    """Flights that arrived where they should, and whether they were ``minutes`` or more late.

    Cancelled and diverted flights have no arrival delay. Times and delays of the flight itself are left out:
    nobody knows them beforehand.
    """
    landed = flights[flights["arr_delay"].notna()]
    return landed[KNOWN].assign(late=(landed["arr_delay"] >= minutes).astype("int8"))


def with_weather(flights: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """The weather at the airport, measured an hour before the scheduled hour. Gaps stay gaps."""
    seen = weather[["origin", "time_hour", *WEATHER]].drop_duplicates(["origin", "time_hour"])
    seen = seen.assign(time_hour=seen["time_hour"] + pd.Timedelta(hours=1))
    return flights.merge(seen, on=["origin", "time_hour"], how="left", validate="many_to_one")


def with_plane(flights: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame:
    """The plane's year of construction and its seats. Planes that are not registered stay gaps."""
    known = planes[["tailnum", "year", "seats"]].rename(columns={"year": "built"})
    return flights.merge(known, on="tailnum", how="left", validate="many_to_one")
