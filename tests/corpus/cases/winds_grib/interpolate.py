import os
import warnings

import numpy as np
import pandas as pd
import xarray as xr
from haversine import haversine
from pykrige.ok import OrdinaryKriging

warnings.filterwarnings("ignore")

variables = {
    "t2m": {"folder": "grib/t2m", "prefix": "T2M_", "height": True},
    "pr": {"folder": "grib/pr", "prefix": "PR_", "height": False},
}
stations = {"west": {"lat": 66.05, "lon": -23.16, "height": 20}}
radius = 50
years = list(range(2020, 2025))
months = pd.date_range(start="2020-01", end="2025-01", freq="MS").strftime("%Y-%m").tolist()
lapse = -6.5 / 1000


def grid_of(ds):
    return [(float(lat), float(lon)) for lat in ds.latitude.values for lon in ds.longitude.values]


def value_at(ds, name, lat, lon, step=None):
    point = ds.sel(latitude=lat, longitude=lon, method="nearest")
    return point[name].isel(time=step).values if step is not None else point[name].values


def by_distance(values, distances):
    weights = 1 / (np.array(distances)[:, np.newaxis] ** 2)
    return np.sum(values * weights, axis=0) / np.sum(weights, axis=0)


def kriged(target, points, values, times):
    estimates = []
    for t in range(min(1, len(times))):
        lons, lats = zip(*points)
        ok = OrdinaryKriging(lons, lats, np.array([v[t] for v in values]), variogram_model="linear")
        z, _ = ok.execute("points", [target[1]], [target[0]])
        estimates.append(z[0])
    return np.pad(estimates, (0, len(times) - len(estimates)), constant_values=np.nan)


def corrected(values, height, grid_height=100):
    return values + lapse * (height - grid_height)


def opened(path):
    suffix = os.path.splitext(path)[1]
    return xr.open_dataset(path, engine="cfgrib" if suffix == ".grib" else None, backend_kwargs={"indexpath": ""} if suffix == ".grib" else None)


def near(ds, name, station):
    values, points, distances = [], [], []
    for lat, lon in grid_of(ds):
        distance = haversine((station["lat"], station["lon"]), (lat, lon))
        if distance <= radius:
            values.append(value_at(ds, name, lat, lon))
            points.append((lat, lon))
            distances.append(distance)
    return np.array(values), points, distances


def written(name, values, times, out):
    xr.Dataset({name: ("time", values)}, coords={"time": times}).to_netcdf(out)


def station_files(key, info, station):
    for date in months if key == "pr" else years:
        path = os.path.join(info["folder"], f"{info['prefix']}{date}{'.nc' if key == 'pr' else '.grib'}")
        if not os.path.isfile(path):
            continue
        ds = opened(path)
        values, points, distances = near(ds, key, station)
        times = ds.time.values
        written(key, by_distance(values, distances), times, f"out/{key}_idw_{date}.nc")
        if len(values) > 3:
            written(key, kriged((station["lat"], station["lon"]), points, values, times), times, f"out/{key}_krig_{date}.nc")
        if info["height"]:
            written(key, corrected(value_at(ds, key, station["lat"], station["lon"]), station["height"]), times, f"out/{key}_h_{date}.nc")


if __name__ == "__main__":
    for key, info in variables.items():
        for station in stations.values():
            station_files(key, info, station)
