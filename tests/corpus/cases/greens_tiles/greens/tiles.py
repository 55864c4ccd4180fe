from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import rasterio.mask
import rioxarray  # noqa: F401
import xarray as xr
from dateutil.relativedelta import relativedelta
from pystac_client import Client
from rasterio.features import geometry_mask
from rasterio.warp import Resampling

from greens.settings import Settings
from greens.stac import TooCloudy, load_median, open_catalog


@dataclass(slots=True)
class Paths:
    stack: Path
    green: Path


def q16(values, scale=10000.0, empty=-999):
    out = np.rint(np.clip(values, -1.0, 1.0) * scale)
    out[~np.isfinite(values)] = empty
    return out.astype(np.int16)


def paths_of(settings: Settings, tile: str, base: str) -> Paths:
    folder = settings.folder / tile
    folder.mkdir(parents=True, exist_ok=True)
    return Paths(stack=folder / f"stack_{base}.tif", green=folder / f"green_{base}.tif")


def filled(path: Path, empty: int) -> float:
    with rasterio.open(path) as source:
        scale = max(int(max(source.width, source.height) / 2000), 1)
        values = source.read(1, out_shape=(source.height // scale, source.width // scale), resampling=Resampling.nearest)
        return float(np.count_nonzero(values != empty)) / values.size


def partial(path: Path) -> Path:
    return path.with_name(f"{path.stem}.partial{path.suffix}")


def write_products(median: xr.Dataset, paths: Paths, settings: Settings, crs) -> None:
    red = median["red"].astype("float32")
    near = median["nir"].astype("float32")
    whole = near + red
    green = xr.where(whole > 0, (near - red) / whole, np.nan).clip(-1.0, 1.0)
    small = xr.apply_ufunc(q16, green, dask="parallelized", kwargs={"empty": settings.empty}, output_dtypes=[np.int16])
    small.rio.write_nodata(settings.empty, encoded=True, inplace=True)
    small.rio.write_crs(crs, inplace=True)
    small.rio.to_raster(partial(paths.green), dtype="int16")
    os.replace(partial(paths.green), paths.green)


def release(collection) -> None:
    try:
        collection.close()
    except Exception:
        pass
    gc.collect()


def remove(paths: Paths) -> None:
    for path in (paths.stack, paths.green, partial(paths.green)):
        if path.exists():
            path.unlink()


def build(shape, paths: Paths, days: list[tuple[str, str]], settings: Settings, masked: bool, catalog: Client) -> str:
    shape = gpd.GeoSeries([shape], crs=settings.crs).to_crs("EPSG:4326").iloc[0]
    try:
        median = load_median(catalog, settings, shape, days, masked)
    except TooCloudy:
        return "cloudy"
    if median is None:
        return "empty"
    median = median.persist()
    try:
        crs = median.rio.crs
    except Exception:
        crs = rasterio.crs.CRS.from_user_input(settings.crs)
    try:
        write_products(median, paths, settings, crs)
    finally:
        release(median)
    return "built"


def years_before(start, until, years: int) -> list[tuple[str, str]]:
    return [
        ((start - relativedelta(years=one)).isoformat(), (until - relativedelta(years=one)).isoformat())
        for one in range(1, years + 1)
    ]


def composite(shape, tile: str, start, until, settings: Settings, masked: bool = True, catalog: Client | None = None):
    paths = paths_of(settings, tile, f"{start:%Y%m%d}_{until:%Y%m%d}")
    catalog = catalog or open_catalog(settings)
    told = build(shape, paths, [(start.isoformat(), until.isoformat())], settings, masked, catalog)
    if told == "cloudy" or (told == "built" and filled(paths.green, settings.empty) < settings.least):
        remove(paths)
        build(shape, paths, years_before(start, until, 2), settings, False, catalog)


def share_inside(path: Path, tile, area, empty: int) -> float:
    common = tile.intersection(area)
    if common.is_empty:
        return 1.0
    with rasterio.open(path) as source:
        values, transform = rasterio.mask.mask(source, [common], crop=True, filled=True, nodata=empty)
    inside = geometry_mask([common], transform=transform, invert=True, out_shape=values[0].shape)
    return float(((values[0] != empty) & inside).sum()) / float(inside.sum())


def all_tiles(tiles: gpd.GeoDataFrame, area: gpd.GeoDataFrame, start, until, settings: Settings) -> None:
    whole = area.geometry.unary_union
    for _, tile in tiles.iterrows():
        name = f"{tile.geometry.centroid.x:.0f}_{tile.geometry.centroid.y:.0f}"
        path = paths_of(settings, name, f"{start:%Y%m%d}").green
        if not path.exists() or share_inside(path, tile.geometry, whole, settings.empty) < settings.least:
            composite(tile.geometry, name, start, until, settings, masked=False)
