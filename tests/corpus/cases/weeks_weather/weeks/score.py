"""How far forecasts are from what came."""

import numpy as np
import xarray as xr


def truth_of(path, name, years=slice("2017", "2018")):
    one = xr.open_mfdataset(f"{path}/*.nc", combine="by_coords")[name]
    if "level" in one.dims:
        one = one.sel(level=500 if name == "z" else 850).drop_vars("level")
    return one.sel(time=years)


def by_latitude(field):
    weights = np.cos(np.deg2rad(field.lat))
    return weights / weights.mean()


def rmse(forecast, truth, dims=xr.ALL_DIMS):
    error = forecast - truth
    return np.sqrt((error**2 * by_latitude(error)).mean(dims))


def mae(forecast, truth, dims=None):
    error = forecast - truth
    return (np.abs(error) * by_latitude(error)).mean(dims)


def correlation(forecast, truth):
    usual = truth.mean("time")
    times = np.intersect1d(forecast.time, truth.time)
    f, t = forecast.sel(time=times) - usual, truth.sel(time=times) - usual
    w = by_latitude(forecast)
    return (w * f * t).sum() / np.sqrt((w * f**2).sum() * (w * t**2).sum())


def by_lead(forecast, truth, score=rmse, dims=xr.ALL_DIMS):
    found = []
    for lead in forecast.lead:
        one = forecast.sel(lead=lead)
        one["time"] = one.time + np.timedelta64(int(lead), "h")
        found.append(score(one, truth, dims))
    return xr.concat(found, "lead")


def table(scores):
    return {name: float(value) for name, value in scores.items()}
