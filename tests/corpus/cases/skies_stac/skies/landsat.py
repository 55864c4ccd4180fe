import logging
from typing import List

import geopandas
import odc.stac
import planetary_computer
import pystac_client
import rioxarray  # noqa: F401
import xarray

from skies.shapes import tile_of

CLEAR = [21824, 21826, 21888, 21890, 30048, 54596]
CATALOG = "https://planetarycomputer.microsoft.com/api/stac/v1"


def read_landsat(
    shape: "geopandas.GeoDataFrame",
    path: int,
    row: int,
    days: str = "2020-01-01/2020-12-31",
    bands: List[str] = ["qa_pixel"],
    chunks: dict = {"x": 512, "y": 512},
    dry: bool = True,
) -> "xarray.Dataset":
    catalog = pystac_client.Client.open(CATALOG, modifier=planetary_computer.sign_inplace)
    items = catalog.search(
        collections=["landsat-c2-l2"],
        intersects=shape.union_all(),
        datetime=days,
        query={"landsat:wrs_path": {"eq": f"{path:03d}"}, "landsat:wrs_row": {"eq": f"{row:03d}"}},
    ).item_collection()
    seen = odc.stac.stac_load(items, bands=bands, intersects=shape.union_all(), chunks=chunks, nodata=65535)["qa_pixel"]
    water = read_water(shape, chunks=chunks)["occurrence"]
    water = water.rio.reproject_match(seen).squeeze()
    if dry:
        seen = seen.where(water > 90)
    return seen


def share_clear(seen: "xarray.Dataset", flags: List[int] = CLEAR) -> "xarray.DataArray":
    clear = seen.isin(flags)
    return clear.astype(int).sum(dim="time") / len(seen.time)


def store_clear(share: "xarray.DataArray", path: int, row: int, template: str = "{path:03d}_{row:03d}.tif") -> None:
    share = (share.where(share > 0) * 100).fillna(0)
    share = share.astype("uint8").rio.write_nodata(0)
    outline = tile_of(path, row).to_crs(share.rio.crs).geometry.iloc[0].simplify(tolerance=1000)
    outline = outline.buffer(-300)
    share = share.rio.clip([outline], share.rio.crs, drop=True)
    name = template.format(path=path, row=row)
    share.rio.to_raster(name, driver="COG")
    logging.info(f"in {name}")


def read_water(
    shape: "geopandas.GeoDataFrame",
    bands: List[str] = ["occurrence"],
    chunks: dict = {"x": 512, "y": 512},
) -> "xarray.Dataset":
    catalog = pystac_client.Client.open(CATALOG, modifier=planetary_computer.sign_inplace)
    items = catalog.search(collections=["jrc-gsw"], intersects=shape.union_all()).item_collection()
    logging.info(f"{len(items)} items")
    return odc.stac.stac_load(items, bands=bands, intersects=shape.union_all(), chunks=chunks)
