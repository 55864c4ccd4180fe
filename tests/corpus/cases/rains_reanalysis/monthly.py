import glob
import sys

import numpy as np
import pandas as pd
import xarray as xr

from loaders.daily import Daily


def files_between(folder, begin, end):
    hours = pd.date_range(start=begin, end=end, freq="1h").strftime("%Y%m%d_%H")
    found = []
    for hour in hours:
        found.extend(sorted(glob.glob(f"{folder}/rain_{hour}*.nc")))
    return found


def masked(files, mask_file):
    ds = xr.open_mfdataset(files, concat_dim="time", combine="nested")
    mask = xr.open_dataset(mask_file, mask_and_scale=False).sel(time=ds["time"], method="nearest")
    return ds.assign_coords({"lon": mask["lon"]}), mask["storm"]


def summed(ds, mask):
    storms = ds["rain"].where(mask > 0).sum(dim="time")
    total = ds["rain"].sum(dim="time")
    return xr.Dataset(
        {"rain": (["lat", "lon"], total.data), "storms": (["lat", "lon"], storms.data)},
        coords={"lat": ds["lat"].data, "lon": ds["lon"].data},
    )


def written(out, path):
    squeezed = {"zlib": True, "_FillValue": np.nan, "dtype": "float32"}
    out.to_netcdf(path=path, mode="w", format="NETCDF4", encoding={name: squeezed for name in out.data_vars})


def wettest(folder):
    ds = Daily(folder).load(("2020-01-01", "2020-12-31"))
    return float(ds["rain"].mean("time").max())


def main():
    folder, mask_file, begin, end, path = sys.argv[1:]
    files = files_between(folder, begin, end)
    if files:
        written(summed(*masked(files, mask_file)), path)


if __name__ == "__main__":
    main()
