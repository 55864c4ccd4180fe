"""Coordinates."""

import numpy as np
import pyproj

_to_osgb = pyproj.Transformer.from_crs(crs_from=4326, crs_to=27700).transform
_to_lonlat = pyproj.Transformer.from_crs(crs_from=27700, crs_to=4326).transform


def to_osgb(longitude, latitude):
    return _to_osgb(latitude, longitude)


def to_lonlat(x, y):
    latitude, longitude = _to_lonlat(x, y)
    return longitude, latitude


def from_disk(x, y, field):
    import pyresample

    area = pyresample.area_config.load_area_from_string(field.attrs["area"])
    change = pyproj.Transformer.from_crs(crs_from=area.crs, crs_to=4326).transform
    latitude, longitude = change(x, y)
    return longitude, latitude


def far(x, y, radius):
    return np.hypot(x, y) > radius
