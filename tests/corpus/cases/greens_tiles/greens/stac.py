from __future__ import annotations

import odc.stac
from pystac_client import Client

from greens.settings import Settings


class TooCloudy(Exception):
    pass


def open_catalog(settings: Settings) -> Client:
    return Client.open(settings.catalog)


def load_median(catalog: Client, settings: Settings, shape, days: list[tuple[str, str]], masked: bool):
    items = []
    for start, until in days:
        items += list(catalog.search(collections=["s2"], intersects=shape, datetime=f"{start}/{until}").items())
    if not items:
        return None
    if masked and sum(one.properties["eo:cloud_cover"] < 40 for one in items) < 2:
        raise TooCloudy(len(items))
    cube = odc.stac.load(items, bands=["red", "nir"], crs=settings.crs, resolution=20, chunks={"x": 1024, "y": 1024})
    return cube.median(dim="time")
