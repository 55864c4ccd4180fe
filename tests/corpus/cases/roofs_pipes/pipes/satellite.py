"""Pictures of a satellite."""

import logging
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Union

import dask
import fsspec
import pandas as pd
import xarray as xr
from ocf_blosc2 import Blosc2  # noqa: F401
from torch.utils.data import IterDataPipe, functional_datapipe

log = logging.getLogger(__name__)


def one_store(path: Union[Path, str]) -> xr.DataArray:
    more = dict(engine="zarr", concat_dim="time", combine="nested", chunks="auto", join="override")
    if "gs://" in str(path) and "*" in str(path):
        told = subprocess.run(f"gsutil ls -d {path}".split(" "), stdout=subprocess.PIPE).stdout.decode("utf-8")
        store = xr.open_mfdataset(told.splitlines(), **more)
    elif "*" in str(path):
        store = xr.open_mfdataset(path, **more)
    else:
        store = xr.open_dataset(path, engine="zarr", chunks="auto")
    return store.drop_duplicates("time").sortby("time")


def opened(path: Union[Path, str, list[str]]) -> xr.DataArray:
    dask.config.set({"array.slicing.split_large_chunks": False})
    if isinstance(path, (list, tuple)):
        store = xr.combine_nested([one_store(one) for one in path], concat_dim="time")
    else:
        store, late = checked(path)
        if late:
            store = one_store(str(path).replace(".zarr", "_15.zarr")).resample(time="5T").interpolate("linear")
    store = top_left(store)
    index = pd.DatetimeIndex(store.time)
    assert index.is_unique
    return store["data"]


def top_left(store):
    if store.y[0] < store.y[-1]:
        store = store.reindex(y=store.y[::-1])
    return store


def checked(path):
    files = fsspec.open(path).fs
    if not files.exists(path):
        return None, True
    store = one_store(path)
    return store, is_late(store)


def is_late(store: xr.Dataset, hours: float = 1) -> bool:
    return pd.to_datetime(store.time[-1].values) < datetime.utcnow() - timedelta(hours=hours)


@functional_datapipe("open_satellite")
class OpenSatellite(IterDataPipe):
    def __init__(self, path: Union[Path, str]):
        self.path = path
        super().__init__()

    def __iter__(self) -> xr.DataArray:
        data: xr.DataArray = opened(self.path)
        while True:
            yield data
