from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import rioxarray
import xarray as xr
from rasterio.features import geometry_mask
from rasterstats import zonal_stats
from shapely.geometry import box

HERE = Path(__file__).parent
GRID = "EPSG:3035"


class Heat:
    """A raster of surface temperatures."""

    def __init__(self, path):
        self.path = path
        with rasterio.open(path) as source:
            self.transform = source.transform
            self.values = source.read(1)
            self.nodata = source.nodata

    def inside(self, shape):
        mask = geometry_mask([shape], self.values.shape, self.transform, invert=True)
        return np.where(mask, self.values, np.nan)

    def mean_of(self, shapes, column="heat"):
        stats = zonal_stats(shapes.geometry, self.values, affine=self.transform, stats="mean", nodata=self.nodata)
        shapes[column] = [one["mean"] for one in stats]
        return shapes

    def span(self):
        return float(self.values.min()), float(self.values.max())


def parks(path=HERE / "parks.gpkg"):
    shapes = gpd.read_file(path).to_crs(GRID)
    return shapes[shapes.area > 1e4]


def frame_of(shapes):
    return box(*shapes.total_bounds)


def clip(path, shapes):
    cube = xr.open_dataarray(path, engine="rasterio")
    return cube.rio.clip(shapes.geometry, shapes.crs)


def warm(cube, limit=30):
    return cube.where(cube > limit).count().item()


def table(shapes):
    plain = pd.DataFrame(shapes.drop(columns="geometry"))
    return plain.sort_values("heat").head(20)


def map_of(shapes, out):
    shapes.explore("heat").save(out)


def picture(shapes, out):
    axes = shapes.plot("heat", legend=True)
    axes.figure.savefig(out)


def store(shapes, out):
    shapes.to_parquet(out)


def report(rows):
    for name, heat in rows.items():
        print(f"{name:20}{heat:5.1f}")


def main(raster="heat.tif"):
    heat = Heat(raster)
    shapes = heat.mean_of(parks())
    print(frame_of(shapes), heat.span())
    print(warm(clip(raster, shapes)))
    map_of(shapes, "parks.html")
    picture(shapes, "parks.png")
    store(shapes, "parks.parquet")
    report(table(shapes).set_index("name")["heat"].to_dict())


if __name__ == "__main__":
    main()
