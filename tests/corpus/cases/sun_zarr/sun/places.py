import numpy as np
import pandas as pd
import pvlib
from pyproj import CRS, Transformer

GRID = 27700
DEGREES = 4326
to_degrees = Transformer.from_crs(CRS.from_epsg(GRID), CRS.from_epsg(DEGREES), always_xy=True)


def lat_lon(x, y):
    lon, lat = to_degrees.transform(x, y)
    return lat, lon


def middle(points):
    points = np.asarray(points)
    return points.mean(axis=0).tolist()


def angles(lat: float, lon: float, times) -> pd.DataFrame:
    position = pvlib.solarposition.get_solarposition(time=times, latitude=lat, longitude=lon)
    return position[["azimuth", "elevation"]]
