"""To coarser grids."""

import os
from glob import glob

import numpy as np
import xarray as xr
import xesmf as xe


def grid(degrees):
    return xr.Dataset(
        {
            "lat": (["lat"], np.arange(-90 + degrees / 2, 90, degrees)),
            "lon": (["lon"], np.arange(0, 360, degrees)),
        }
    )


def regridded(given, degrees, method="bilinear"):
    given = given.rename({"latitude": "lat", "longitude": "lon"})
    change = xe.Regridder(given, grid(degrees), method, periodic=True)
    parts = []
    for i in range(len(given.time) // 500 + 1):
        parts.append(change(given.isel(time=slice(i * 500, (i + 1) * 500))).astype("float32"))
    whole = xr.concat(parts, dim="time")
    for name in whole:
        whole[name].attrs = given[name].attrs
    return whole


def out_name(path, degrees):
    return "_".join(path.split("/")[-1][:-3].split("_")[:-1]) + f"_{degrees}deg.nc"


def main(patterns, folder, degrees, method="bilinear"):
    os.makedirs(folder, exist_ok=True)
    if "*" in patterns[0]:
        patterns = sorted(glob(patterns[0]))
    for path in patterns:
        given = xr.open_dataset(path)
        told = regridded(given, degrees, method)
        told.to_netcdf(os.path.join(folder, out_name(path, degrees)))
        given.close()
        told.close()
