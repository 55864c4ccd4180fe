#!/usr/bin/env python3
"""Load of a power grid: profiles built, dispatch solved, weak lines found, results kept."""
import argparse
import configparser
import datetime as dt
import logging
import sys
from functools import reduce
from glob import glob
from pathlib import Path

import cartopy.crs as ccrs
import holidays
import matplotlib.pyplot as plt
import numpy as np
import pandapower as pp
import pandapower.networks as pn
import pandas as pd
import pint
import pypsa
import xarray as xr
from entsoe import EntsoePandasClient
from joblib import Memory, Parallel, delayed
from numba import njit
from scipy import optimize
from statsmodels.tsa.seasonal import STL

log = logging.getLogger(__name__)
ureg = pint.UnitRegistry()
Q_ = ureg.Quantity
memory = Memory(".cache", verbose=0)
plt.style.use("ggplot")
COUNTRY = "DE_LU"
cfg = configparser.ConfigParser()
cfg.read(Path(__file__).with_name("grid.ini"))
OPTIONS = {
    "solver": "highs",
    "carriers": {"wind": dict(cost=0.0, share=0.4), "gas": dict(cost=70.0, share=0.6)},
    "profile": lambda hours: np.clip(np.sin((hours - 6) / 12 * np.pi), 0, None),
}


def client():
    return EntsoePandasClient(api_key=cfg.get("entsoe", "key"))


@memory.cache
def load(start, end):
    return client().query_load(COUNTRY, start=pd.Timestamp(start, tz="UTC"), end=pd.Timestamp(end, tz="UTC"))


def hourly(series):
    return series.resample("1h").mean().interpolate(limit=3)


def calendar(index):
    free = holidays.country_holidays("DE")
    return pd.DataFrame({"hour": index.hour, "free": [day.date() in free for day in index]}, index=index)


def free_days(year):
    return sorted(str(day) for day in holidays.country_holidays("DE", years=year))


def trend(series):
    return STL(series, period=24).fit()


def residue(fitted):
    return fitted.resid.abs().max()


def sun(hours):
    return OPTIONS["profile"](np.asarray(hours))


def cycles(frame):
    turned = 2 * np.pi * frame["hour"] / 24
    return pd.concat([np.sin(turned), np.cos(turned)], axis=1, keys=["sin", "cos"])


def evening(waves):
    return waves.cos.idxmin()


def wind_files(folder):
    return xr.open_mfdataset(sorted(glob(f"{folder}/*.nc")), combine="by_coords")


def capacity(dataset, height=100):
    speed = np.hypot(dataset.u100, dataset.v100)
    return xr.where(speed > 3, speed**3 / 1728, 0).clip(max=1)


def at(field, lon, lat):
    return field.sel(longitude=lon, latitude=lat, method="nearest").to_series()


@njit
def battery(surplus, size):
    level = 0.0
    out = np.empty_like(surplus)
    for i in range(surplus.size):
        level = min(max(level + surplus[i], 0.0), size)
        out[i] = level
    return out


def stored(surplus, size=500.0):
    return battery(surplus.to_numpy(), size)


def network(series):
    made = pypsa.Network()
    made.set_snapshots(series.index)
    made.add("Bus", "one")
    made.add("Load", "all", bus="one", p_set=series)
    for name, carrier in OPTIONS["carriers"].items():
        made.add("Generator", name, bus="one", p_nom=carrier["share"] * 1e5, marginal_cost=carrier["cost"])
    return made


def dispatched(made):
    made.optimize(solver_name=OPTIONS["solver"])
    return made.generators_t.p


def price(made):
    return made.buses_t.marginal_price["one"]


def shares(power):
    return {name: float(column.sum()) for name, column in power.items()}


def largest(shares_):
    return max(shares_, key=shares_.get)


def feeder():
    made = pn.case33bw()
    pp.runpp(made)
    return made


def weak(made, limit=0.95):
    low = made.res_bus[made.res_bus.vm_pu < limit]
    return low.index.tolist()


def headroom(bus, network=None):
    network = network or feeder()

    def over(factor):
        network.load.loc[network.load.bus == bus, "scaling"] = factor
        pp.runpp(network)
        return network.res_line.loading_percent.max() - 100

    return optimize.brentq(over, 1, 20)


def headrooms(buses):
    return dict(zip(buses, Parallel(n_jobs=2)(delayed(headroom)(bus) for bus in buses)))


def energy(power, hours=1):
    return (Q_(power.sum(), "MW") * hours * ureg.hour).to("GWh")


def as_text(quantity):
    return f"{quantity:~.1f}"


def summed(parts):
    return reduce(lambda one, two: one.add(two, fill_value=0), parts)


def kept(frame, path="grid.h5"):
    with pd.HDFStore(path, "a") as store:
        store.put("power", frame, format="table")


def mapped(field, path):
    fig = plt.figure()
    ax = fig.add_subplot(projection=ccrs.PlateCarree())
    field.mean("time").plot(ax=ax)
    ax.coastlines()
    fig.savefig(path)


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("start", type=dt.date.fromisoformat)
    args = parser.parse_args(argv)
    series = hourly(load(args.start, args.start + dt.timedelta(days=7)))
    waves = cycles(calendar(series.index))
    log.info("evening %s, residue %s", evening(waves), residue(trend(series)))
    field = capacity(wind_files("wind"))
    mapped(field, "wind.png")
    made = network(series)
    power = dispatched(made)
    stored(power["wind"] - series)
    print(as_text(energy(power["gas"])), price(made).mean(), largest(shares(power)))
    kept(summed([power, at(field, 8.0, 54.0).to_frame("wind")]))
    print(headrooms(weak(feeder())), sun(range(24)))


if __name__ == "__main__":
    sys.exit(main())
