#!/usr/bin/env python
import glob
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from typing import Annotated

import click
import dask
import s3fs
import typer
import xarray as xr
import zarr
from dask.distributed import Client
from joblib import Parallel, delayed
from rich.progress import track

app = typer.Typer()
KEEP = {"time", "lat", "lon", "tas"}


def paths(pattern):
    return ["s3://" + path for path in s3fs.S3FileSystem(anon=True).glob(pattern)]


def opened(path):
    cube = xr.open_dataset(path, chunks={"time": 30})
    return cube.drop_vars(set(cube.variables) - KEEP)


def from_bucket(path):
    store = s3fs.S3FileSystem(anon=False)
    return xr.open_dataset(store.open(path), engine="h5netcdf")


def yearly(cube):
    return cube.groupby("time.year").mean("time")


def into(store, file, index):
    cube = yearly(opened(file)).expand_dims({"member": [index]})
    cube.to_zarr(store, region={"member": slice(index, index + 1)})
    return file


def copy_groups(name, out):
    for group in zarr.open_group(name).group_keys():
        xr.open_dataset(name, group=group, engine="zarr").to_netcdf(f"{out}/{group}.nc", engine="netcdf4")


@app.command()
def many(folder: Annotated[str, typer.Argument()], store: str, workers: int = 4):
    files = sorted(glob.glob(os.path.join(folder, "*.nc")))
    with ProcessPoolExecutor(workers) as pool:
        jobs = [pool.submit(into, store, file, i) for i, file in enumerate(files)]
        for job in as_completed(jobs):
            print(job.result())


def all_years(pattern):
    cube = xr.open_mfdataset(pattern, parallel=True)
    with dask.config.set(**{"array.slicing.split_large_chunks": False}):
        return zip(*cube.groupby("time.year"))


def on_cluster(pattern, scheduler):
    client = Client(scheduler_file=scheduler)
    years, cubes = all_years(pattern)
    return client.gather([client.submit(spread, cube) for cube in cubes])


def spread(cube):
    return float(cube["tas"].std())


def in_parallel(files, out):
    return Parallel(4)(delayed(copy_groups)(file, out) for file in files)


@click.command()
@click.argument("files", nargs=-1)
@click.argument("out")
def convert(files, out):
    for _ in map(partial(copy_groups, out=out), track(files)):
        pass


if __name__ == "__main__":
    app()
