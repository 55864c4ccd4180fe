"""Two scenes of a place, stacked in one file."""
import os
import time

import dask.diagnostics
import odc.stac
import planetary_computer as pc
import pystac
import rioxarray  # noqa: F401
import xarray as xr
from shapely.geometry import box, shape

from .settings import BANDS, COLLECTION, STAC


def item_of(name):
    address = name if "/" in name else f"{STAC}/collections/{COLLECTION}/items/{name}"
    item = pystac.Item.from_file(address)
    return pc.sign(item) if address.startswith(STAC) else item


def newest(items):
    times = [item.datetime or item.start_datetime or item.end_datetime for item in items]
    return max(moment for moment in times if moment)


def processing(item):
    found = item.properties.get("processing:version", item.properties.get("s2:processing_baseline", 0))
    try:
        return float(found)
    except TypeError:
        return 0


def overlap(one, two, bounds=None):
    both = shape(one.geometry).intersection(shape(two.geometry))
    return both.intersection(box(*bounds)) if bounds else both


def rescaled(data: xr.DataArray, version: float) -> xr.DataArray:
    if version >= 4:
        data = (data.astype("int32") - 1000).clip(min=0).astype("uint16")
    return data


def stacked(first, second, out, bounds=None, overwrite=False):
    out = os.path.abspath(out)
    if os.path.exists(out) and not overwrite:
        print("there already, use -f")
        return
    os.makedirs(os.path.dirname(out), exist_ok=True)
    if bounds is not None:
        bounds = [float(part) for part in bounds.split(",")]
    items = [item_of(name) for name in (first, second)]
    version = max(processing(item) for item in items)
    if overlap(*items, bounds).is_empty:
        print("the scenes lie apart")
        return
    started = time.time()
    data = odc.stac.load(items, bands=BANDS, dtype="uint16", resampling="bilinear", bbox=bounds, chunks={"x": "auto", "y": "auto"})
    data = data.to_array(dim="band").stack(bands=("time", "band")).drop_vars("band").transpose("bands", "y", "x")
    data = rescaled(data, version)
    with dask.diagnostics.ProgressBar():
        data.rio.to_raster(out, driver="GTiff", compress="deflate", tiled=True, tags={"TIFFTAG_DATETIME": f"{newest(items):%Y:%m:%d}"})
    print(f"{time.time() - started:.1f} seconds")
