"""Flows of rivers within basins."""
from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import xarray as xr
from rich.console import Console
from rich.progress import track

if TYPE_CHECKING:
    import pandas as pd

    from rivers.settings import Settings

console = Console()


def basins(settings: Settings) -> gpd.GeoDataFrame:
    areas = gpd.read_parquet(settings.paths.basins)
    return areas.cx[settings.bounds[0] : settings.bounds[2], settings.bounds[1] : settings.bounds[3]]


def gauges(areas: gpd.GeoDataFrame):
    from pygeohydro import NWIS

    found = NWIS().get_info({"bBox": ",".join(map(str, areas.total_bounds))})
    return found.site_no.tolist()


def daily(numbers, settings) -> pd.DataFrame:
    from pygeohydro import NWIS

    return NWIS().get_streamflow(numbers, (settings.start, settings.end))


def kept(frame: pd.DataFrame, folder):
    frame.to_xarray().to_netcdf(folder / "flows.nc", engine="h5netcdf")


def reanalysis(reach, start, end):
    url = "s3://noaa-nwm/chrtout.zarr"
    data = xr.open_zarr(url, consolidated=True, storage_options={"anon": True})
    return data.sel(feature_id=reach, time=slice(start, end)).streamflow.to_series()


def skill(observed: pd.Series, simulated: pd.Series) -> float:
    import hydroeval as he

    return float(he.evaluator(he.nse, simulated.values, observed.values)[0])


def drawn(observed, simulated, path):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    observed.plot(ax=axes)
    simulated.plot(ax=axes)
    figure.savefig(path)


def run(path="rivers.yaml"):
    from rivers.settings import read

    settings = read(path)
    areas = basins(settings)
    for number in track(gauges(areas)):
        frame = daily([number], settings)
        kept(frame, settings.paths.flows)
        model = reanalysis(int(number), settings.start, settings.end)
        console.log(number, skill(frame[f"USGS-{number}"], model))
        drawn(frame[f"USGS-{number}"], model, settings.paths.flows / f"{number}.png")
