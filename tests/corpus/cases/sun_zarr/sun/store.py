import logging
from concurrent import futures
from pathlib import Path
from typing import Union

import fsspec
import numcodecs
import pandas as pd
import xarray as xr
from tqdm import tqdm

from sun import places

logger = logging.getLogger(__name__)
BUCKET = "gs://solar-store/sun"


def positions(times, xs, ys):
    azimuth, elevation = [], []
    with futures.ThreadPoolExecutor() as pool:
        jobs = []
        for x, y in tqdm(list(zip(xs, ys))):
            lat, lon = places.lat_lon(x, y)
            jobs.append((pool.submit(places.angles, lat, lon, times), f"{x},{y}"))
        for job, name in jobs:
            both = job.result()
            azimuth.append(both["azimuth"].rename(name))
            elevation.append(both["elevation"].rename(name))
    return pd.concat(azimuth, axis=1), pd.concat(elevation, axis=1)


def saved(azimuth: pd.DataFrame, elevation: pd.DataFrame, path: Union[str, Path]):
    merged = xr.merge(
        [
            xr.DataArray(azimuth, dims=["time", "place"]).to_dataset(name="azimuth"),
            xr.DataArray(elevation, dims=["time", "place"]).to_dataset(name="elevation"),
        ]
    )
    encoding = {name: {"compressor": numcodecs.Blosc(cname="zstd", clevel=5)} for name in merged.data_vars}
    merged.to_zarr(path, mode="w", encoding=encoding)


def loaded(path):
    sun = xr.open_dataset(path, engine="zarr")
    return pd.DataFrame(sun["azimuth"].values, index=pd.to_datetime(sun.time))


def names():
    return [one.rsplit("/", 1)[-1] for one in fsspec.filesystem("gcs").ls(BUCKET)]


def published(day):
    azimuth, elevation = positions(pd.date_range(day, periods=288, freq="5min"), [530000], [180000])
    target = f"{BUCKET}/{day}.zarr"
    logger.info("writes %s", target)
    saved(azimuth, elevation, fsspec.get_mapper(target))


def note(day):
    with fsspec.open(f"{BUCKET}/{day}.txt", "wt") as out:
        out.write(f"{day} done")
