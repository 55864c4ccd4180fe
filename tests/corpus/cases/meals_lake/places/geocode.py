import time
from functools import lru_cache

from geopy.distance import geodesic
from geopy.exc import GeocoderTimedOut
from geopy.geocoders import Nominatim
from prefect import flow, task

from common.tables import Tables


@lru_cache(maxsize=1)
def coder():
    return Nominatim(user_agent="life")


def address(latitude, longitude, tries=3):
    for attempt in range(tries):
        try:
            found = coder().reverse((latitude, longitude), language="en")
            return found.address if found else None
        except GeocoderTimedOut:
            time.sleep(2**attempt)
    return None


def far_apart(one, other, metres=100):
    return geodesic(one, other).m > metres


def distinct(points):
    kept = []
    for point in points:
        if all(far_apart(point, other) for other in kept):
            kept.append(point)
    return kept


@task
def unknown_points():
    tables = Tables()
    frame = tables.frame("SELECT latitude, longitude FROM points WHERE address IS NULL")
    return distinct(list(frame.itertuples(index=False, name=None)))


@flow
def geocode_flow():
    tables = Tables()
    for latitude, longitude in unknown_points():
        tables.run("UPDATE points SET address = ? WHERE latitude = ?", (address(latitude, longitude), latitude))
