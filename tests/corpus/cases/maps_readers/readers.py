from pathlib import Path
from typing import Union

import fsspec
import geopandas as gpd
import numpy as np
import pandas as pd
import rioxarray
import xarray as xr

Read = Union[gpd.GeoDataFrame, pd.DataFrame, xr.DataArray, xr.Dataset, np.ndarray]


def store_of(address):
    options = fsspec.utils.infer_storage_options(address)
    protocol = options.get("protocol", "file")
    if protocol == "file":
        return fsspec.filesystem("filecache", cache_storage=".cache")
    return fsspec.filesystem("filecache", target_protocol=protocol, cache_storage=".cache")


def vectors(path):
    if Path(path).suffix == ".parquet":
        return gpd.read_parquet(path)
    return gpd.read_file(path)


def raster(path):
    return rioxarray.open_rasterio(path, masked=True)


def grid(path):
    return xr.open_dataset(path, engine="h5netcdf")


def points(path, x="lon", y="lat"):
    frame = pd.read_csv(path)
    if {x, y}.issubset(frame.columns):
        return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame[x], frame[y]), crs="EPSG:4326")
    return frame


def cloud(path):
    import pdal

    pipeline = pdal.Reader.las(path).pipeline()
    pipeline.execute()
    return pipeline.arrays[0]


def read(address: str) -> Read:
    store = store_of(address)
    with store.open(address, "rb"):
        pass
    suffix = Path(address).suffix
    if suffix in {".geojson", ".parquet"}:
        return vectors(address)
    if suffix == ".tif":
        return raster(address)
    if suffix == ".nc":
        return grid(address)
    if suffix == ".las":
        return cloud(address)
    return points(address)


def shares(path, shapes):
    import exactextract

    return exactextract.exact_extract(path, gpd.read_file(shapes), ["mean"], output="pandas")


def drawn(path):
    frame = gpd.read_file(path)
    frame.explore(column="share", tiles="CartoDB positron").save("map.html")
    frame.plot(column="share", scheme="quantiles").figure.savefig("map.png")


def lake_days(address="gs://lakes/days.zarr"):
    ds = xr.open_zarr(address, consolidated=True)
    return ds["level"].sel(time="2024-01-01").values.mean()


def stored(grids):
    ds = xr.concat([grid(one) for one in grids], dim="time")
    ds.to_zarr("grids.zarr", mode="w")
