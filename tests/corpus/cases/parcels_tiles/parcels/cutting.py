"""Masks to fields: polygons with their size."""
import math
import os

import fiona
import fiona.transform
import numpy as np
import pandas as pd
import rasterio
import rasterio.features
import shapely.geometry
from affine import Affine
from pyproj import CRS
from tqdm import tqdm

from .settings import DRIVERS

STRIDE = 2048


def windows(height, width):
    for y in range(0, height, STRIDE):
        for x in range(0, width, STRIDE):
            yield y, x


def polygons(mask, transform):
    for y, x in windows(*mask.shape):
        part = mask[y : y + STRIDE, x : x + STRIDE]
        moved = transform * Affine.translation(x, y)
        for geometry, value in rasterio.features.shapes(part, transform=moved):
            if value == 1:
                yield shapely.geometry.shape(geometry)


def in_metres(geometry, crs):
    if crs.linear_units in ("m", "metre"):
        return geometry
    moved = fiona.transform.transform_geom(crs.to_string(), CRS.from_epsg(6933), shapely.geometry.mapping(geometry))
    return shapely.geometry.shape(moved)


def measured(geometry, crs):
    flat = in_metres(geometry, crs)
    return flat.area, flat.length


def row_of(number, geometry, area, length):
    return {"geometry": shapely.geometry.mapping(geometry), "properties": {"id": str(number), "area": area, "perimeter": length}}


def driver_of(path):
    ending = os.path.splitext(path)[1]
    if ending not in DRIVERS:
        raise ValueError(f"{ending} is not one of {', '.join(DRIVERS)}")
    return DRIVERS[ending]


def written_table(rows, crs, out):
    import geopandas as gpd

    frame = gpd.GeoDataFrame.from_features(rows, crs=crs)
    frame["determined"] = pd.Timestamp.now("UTC")
    frame.to_parquet(out, compression="brotli")


def written(rows, driver, crs, out):
    schema = {"geometry": "Polygon", "properties": {"id": "str", "area": "float", "perimeter": "float"}}
    with fiona.open(out, "w", driver, schema=schema, crs=crs) as sink:
        sink.writerecords(rows)


def cut(source, out, simplify, smallest):
    rows = []
    with rasterio.open(source) as file:
        mask = (file.read(1) == 1).astype(np.uint8)
        total = math.ceil(file.shape[0] / STRIDE)
        for geometry in tqdm(polygons(mask, file.transform), total=total):
            if simplify:
                geometry = geometry.simplify(simplify)
            area, length = measured(geometry, file.crs)
            if area >= smallest:
                rows.append(row_of(len(rows), geometry, area, length))
        crs = file.crs.to_string()
    driver = driver_of(out)
    if driver == "Parquet":
        written_table(rows, crs, out)
    else:
        written(rows, driver, crs, out)
