import glob
import os

import cartopy.crs as ccrs
import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr
import xesmf as xe
from matplotlib import pyplot as plt
from scipy.stats import linregress

SITES = {"UMB": (-84.71, 45.56), "NR1": (-105.54, 40.03)}
years = np.arange(2018, 2020)


def at_point(ds, lon, lat):
    far = np.abs(ds.lon.values - lon) + np.abs(ds.lat.values - lat)
    y, x = np.unravel_index(np.argmin(far), far.shape)
    around = ds.isel(x=slice(max(0, x - 1), x + 2), y=slice(max(0, y - 1), y + 2))
    return around.mean(dim=["x", "y"], skipna=True)


def composites(folder, site):
    out = []
    for year in years:
        for path in sorted(glob.glob(os.path.join(folder, f"*_{year}-*.nc"))):
            out.append(at_point(xr.open_dataset(path), *SITES[site]))
    return out


def indices(arrays):
    ds = xr.concat(arrays, dim="time")
    ds["time"] = pd.to_datetime(ds.time.values)
    return ds.assign(NDVI=(ds.VN11 - ds.VN08) / (ds.VN11 + ds.VN08))


def regridded(ds, size=0.05):
    grid = xe.util.grid_global(size, size)
    return xe.Regridder(ds, grid, "bilinear", periodic=True)(ds)


def trend(ds):
    values = ds.NDVI.values
    return linregress(np.arange(len(values)), values).slope


def mapped(ds, shapes, out):
    ax = plt.axes(projection=ccrs.PlateCarree())
    ds.NDVI.isel(time=0).plot(ax=ax, transform=ccrs.PlateCarree())
    gpd.read_file(shapes).boundary.plot(ax=ax)
    plt.savefig(out)


def main(folder, out, site="UMB"):
    arrays = composites(folder, site)
    if arrays:
        ds = indices(arrays)
        print(trend(ds))
        ds.to_netcdf(os.path.join(out, f"{site}.nc"))


if __name__ == "__main__":
    main("composites", "out")
