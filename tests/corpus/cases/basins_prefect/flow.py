import adlfs  # fsspec opens az:// with it
import boto3
import fsspec
import xarray as xr
from parts import subset
from prefect import flow, task

ACCOUNT = "climatewest"
BOX = "daily-zarr"

boto3.setup_default_session(profile_name="basins")

codes = ["1401", "1402"]
files = fsspec.filesystem("s3", profile="basins", anon=False)


@task
def find_basins():
    return subset.basins(files.open("basins-data/codes.gpkg"), codes)


@task
def find_catchments(around):
    return subset.catchments(files.open("basins-data/catchments.gpkg"), around)


@task
def open_grid():
    store = fsspec.get_mapper("az://" + BOX + "/daily/na.zarr", account_name=ACCOUNT)
    return xr.open_zarr(store, consolidated=True)


@task
def write(grid, name):
    grid.to_zarr(files.get_mapper("basins-data/" + name), mode="w")


@flow
def basins_flow(name: str = "prepared"):
    around = find_basins()
    find_catchments(around)
    grid = subset.cut(open_grid(), around)
    write(grid, name)


if __name__ == "__main__":
    basins_flow()
