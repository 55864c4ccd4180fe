import os
from urllib.request import urlretrieve

import dask.dataframe as dd
import rioxarray
import xarray as xr
from dagster import ConfigurableIOManager, InputContext, MetadataValue, OutputContext, UPathIOManager
from rasterio.io import DatasetReader
from rio_cogeo import cog_info, cog_profiles, cog_translate
from upath import UPath

BASE = "/data/stores"


class Files(ConfigurableIOManager):
    base: str = BASE
    ending: str = ""

    def _path(self, context: InputContext | OutputContext) -> str:
        path = os.path.join(self.base, *context.asset_key.path, f"{context.asset_partition_key}{self.ending}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path


class Cogs(Files):
    ending: str = ".tif"

    def handle_output(self, context: OutputContext, data: DatasetReader) -> None:
        cog_translate(data, self._path(context), cog_profiles["deflate"])
        data.close()

    def load_input(self, context: InputContext) -> xr.DataArray:
        return rioxarray.open_rasterio(self._path(context)).squeeze()


class Fetched(Cogs):
    def handle_output(self, context: OutputContext, url: str) -> None:
        path = self._path(context)
        urlretrieve(url, path)
        context.add_output_metadata({"geo": MetadataValue.json(cog_info(path).GEO.model_dump())})


class Zarrs(Files):
    ending: str = ".zarr"

    def handle_output(self, context: OutputContext, data: xr.DataArray) -> None:
        data.to_zarr(self._path(context), mode="w")

    def load_input(self, context: InputContext) -> xr.DataArray:
        return xr.open_dataarray(self._path(context), engine="zarr")


class Gribs(Files):
    ending: str = ".grib"

    def load_input(self, context: InputContext) -> xr.Dataset:
        return xr.open_dataset(self._path(context), engine="cfgrib")


class Parquets(UPathIOManager):
    extension: str = ".parquet"

    def __init__(self, base: UPath | None = None):
        super().__init__(base or UPath(BASE))

    def dump_to_path(self, context: OutputContext, obj: dd.DataFrame, path: UPath):
        obj.to_parquet(path, write_index=False, overwrite=True)

    def load_from_path(self, context: InputContext, path: UPath) -> dd.DataFrame:
        return dd.read_parquet(path)
