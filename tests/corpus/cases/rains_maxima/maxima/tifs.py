import datetime
import logging
import os

import numpy as np
import pandas as pd
import rioxarray
import xarray as xr

from maxima.constants import ATTRS, NODATA, SCALE
from maxima.progress import Told

logger = logging.getLogger("airflow.task")
NAME = "{ts}_{site}_{product}_{param}.tif"


def _segments(date: datetime.date, window: str) -> dict[str, str]:
    hours = pd.to_timedelta(window) / pd.Timedelta(hours=1)
    end = pd.Timestamp(date).normalize() + pd.Timedelta(days=1)
    return dict(ts=end.strftime("%Y%m%d%H%M"), param=f"{int(hours)}h")


def tif_name(date: datetime.date, site: str, product: str, window: str) -> str:
    return NAME.format(**_segments(date, window), site=site, product=product)


def _with_attrs(data: xr.Dataset, more: dict) -> xr.Dataset:
    data = data.copy()
    data.attrs.update(ATTRS["acc"])
    data.attrs.update(more)
    return data.rio.write_coordinate_system()


def _write_times(times: xr.DataArray, path: str) -> None:
    with Told(logger):
        times.load()
    flat = pd.to_datetime(np.asarray(times.values).ravel(), errors="coerce", utc=True).tz_localize(None)
    values = flat.to_numpy(dtype="datetime64[ns]").reshape(times.shape)
    first = pd.Timestamp(np.nanmin(values.astype("int64"))).to_datetime64()
    minutes = np.where(np.isnan(values), 0, (values - first) / np.timedelta64(1, "m") + 1)
    encoded = xr.DataArray(minutes.astype("uint16"), coords=times.coords, dims=times.dims)
    encoded.rio.write_nodata(0, inplace=True)
    encoded.rio.to_raster(path, dtype="uint16")
    again = rioxarray.open_rasterio(path).rio.update_attrs({"units": f"minutes since {first}"})
    again.rio.to_raster(path, driver="COG", dtype="uint16")


def _write_rain(rain: xr.DataArray, path: str, block: int = 512) -> None:
    rain.encoding.update({"scale_factor": SCALE, "_FillValue": NODATA, "dtype": "uint16"})
    with Told(logger):
        rain.rio.to_raster(path, driver="COG", dtype="uint16", blocksize=block)


def write_tifs(rain: xr.DataArray, times: xr.DataArray, date: datetime.date, folder: str, site: str, window: str) -> None:
    rain_to, times_to = (os.path.join(folder, tif_name(date, site, product, window)) for product in ("max", "maxtime"))
    _write_rain(rain, rain_to)
    _write_times(times, times_to)


def day(path: str, folder: str, site: str, window: str = "1D") -> None:
    with xr.open_dataset(path, chunks={"time": 48}) as data:
        sums = _with_attrs(data, {"site": site})["rain"].rolling(time=48).sum()
        write_tifs(sums.max("time"), sums.idxmax("time"), pd.Timestamp(data.time[-1].item()).date(), folder, site, window)
