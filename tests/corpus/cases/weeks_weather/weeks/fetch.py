"""Asks the archive."""

import os
import zipfile

import cdsapi
import requests
import xarray as xr
import yaml
from tqdm import tqdm

MONTHS = [f"{m:02d}" for m in range(1, 13)]


def settings_of(path):
    with open(path) as text:
        return yaml.safe_load(text)


def request_of(settings, year):
    return {"product_type": "reanalysis", "variable": settings["variable"], "year": str(year), "month": MONTHS, "format": "netcdf"}


def asked(settings, year, folder):
    client = cdsapi.Client()
    path = os.path.join(folder, f"{settings['name']}_{year}.nc")
    client.retrieve("reanalysis-era5-pressure-levels", request_of(settings, year), path)
    return path


def downloaded(address, path):
    with requests.get(address, stream=True, timeout=60) as answer, open(path, "wb") as to:
        for part in tqdm(answer.iter_content(1 << 20)):
            to.write(part)
    return path


def unpacked(path, folder):
    with zipfile.ZipFile(path) as packed:
        packed.extractall(folder)
    return sorted(os.listdir(folder))


def one_level(path, level, out):
    with xr.open_dataset(path, engine="h5netcdf") as given:
        given.sel(level=level).to_netcdf(out, engine="h5netcdf")


def from_ecmwf(path, steps):
    found = xr.open_dataset(path, engine="cfgrib", backend_kwargs={"indexpath": ""})
    return found.isel(step=steps)


def main(path, folder):
    settings = settings_of(path)
    for year in range(settings["from"], settings["to"] + 1):
        asked(settings, year, folder)
