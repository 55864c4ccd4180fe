from datetime import datetime, timedelta
from typing import Optional

import geopandas as gpd
import pandas as pd
import pytz
from pvlive_api import PVLive

from sun.store import logger

CHUNK = timedelta(days=30)


def capacity(start: Optional[datetime] = pytz.utc.localize(datetime(2021, 1, 1))) -> pd.Series:
    live = PVLive()
    parts = [live.at_time(start, entity_type="gsp", entity_id=number, dataframe=True) for number in range(1, 5)]
    logger.debug("%d parts", len(parts))
    return pd.concat(parts).set_index("gsp_id")["installedcapacity_mwp"]


def chunks(start, end):
    while start < end:
        yield start, min(start + CHUNK, end)
        start += CHUNK


def regions(path="regions.geojson"):
    areas = gpd.read_file(path)
    areas["middle"] = areas.geometry.centroid
    return areas.to_crs(27700)


def per_region(start, end):
    rows = pd.concat([PVLive().between(a, b, dataframe=True) for a, b in chunks(start, end)])
    return regions().merge(rows, on="gsp_id")
