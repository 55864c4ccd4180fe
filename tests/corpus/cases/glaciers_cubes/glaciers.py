import json

import cartopy.crs as ccrs
import cartopy.feature as cfeature
import geopandas as gpd
import matplotlib.pyplot as plt
import matplotlib.ticker as mticker
import numpy as np
import pandas as pd
import rioxarray as rxr
import s3fs
import xarray as xr
from cartopy.mpl.gridliner import LATITUDE_FORMATTER, LONGITUDE_FORMATTER
from shapely.geometry import Point, Polygon


def read_catalog(path):
    with open(path) as file:
        return json.load(file)


def open_cube(url):
    url = url.replace("http", "s3").replace(".s3.amazonaws.com", "")
    return xr.open_dataset(url, engine="zarr", storage_options={"anon": True}, chunks="auto")


def in_zone(catalog, code):
    files = s3fs.S3FileSystem(anon=True)
    found = []
    for one in catalog["features"]:
        if one["properties"]["data_epsg"] == code:
            url = one["properties"]["zarr_url"].replace("http", "s3")
            if files.lexists(url):
                found.append(url)
    return found


def at_point(catalog, point):
    place = gpd.GeoDataFrame(crs="epsg:4326", geometry=[Point(point[0], point[1])])
    found = []
    for one in catalog["features"]:
        frame = Polygon(one["geometry"]["coordinates"][0])
        frame = gpd.GeoDataFrame(index=[0], crs="epsg:4326", geometry=[frame])
        if frame.contains(place).all():
            found.append(one["properties"]["zarr_url"])
    return found


def footprint(cube, epsg=None):
    west, east = cube.coords["x"].data.min(), cube.coords["x"].data.max()
    south, north = cube.coords["y"].data.min(), cube.coords["y"].data.max()
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return gpd.GeoDataFrame(index=[0], crs=f"epsg:{epsg or cube.mapping.spatial_epsg}", geometry=[Polygon(ring)])


def mapped(cubes, bounds=(-180, 180, -90, 90)):
    prints = [footprint(one).to_crs("epsg:4326") for one in cubes]
    figure = plt.figure()
    axes = figure.add_subplot(111, projection=ccrs.PlateCarree())
    axes.add_feature(cfeature.COASTLINE)
    axes.set_extent(list(bounds), crs=ccrs.PlateCarree())
    lines = axes.gridlines(crs=ccrs.PlateCarree(), draw_labels=True)
    lines.xlocator = mticker.FixedLocator([-180, -45, 0, 45, 180])
    lines.xformatter = LONGITUDE_FORMATTER
    lines.yformatter = LATITUDE_FORMATTER
    for one in prints:
        one.plot(ax=axes, facecolor="none", edgecolor="red")
    return figure


class Glacier:
    def __init__(self, name, outline, heights, speeds, line=None):
        self.name = name
        self.outline = outline
        self.heights = heights
        self.speeds = speeds
        self.line = line

    def along(self):
        points = list(self.line["geometry"].iloc[0].coords)
        xs = [one[0] for one in points]
        ys = [one[1] for one in points]
        steps = np.zeros(len(points))
        steps[1:] = np.sqrt(np.diff(xs) ** 2 + np.diff(ys) ** 2)
        rows = pd.DataFrame({"x": xs, "y": ys, "distance": np.cumsum(steps)})
        placed = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["x"], rows["y"]))
        placed["step"] = placed["distance"].diff()
        x = xr.DataArray(np.array(xs), dims="points")
        y = xr.DataArray(np.array(ys), dims="points")
        speeds = self.speeds.interp(x=x, y=y)
        speeds["distance"] = ("points", placed.to_xarray().distance.data)
        return speeds

    def area(self):
        return float(self.outline.geometry.area.iloc[0])

    def steepest(self):
        return float(self.heights.differentiate("x").max())


def prepared(name, outlines, cube, heights, lines, code):
    outline = outlines.loc[outlines["RGIId"] == name]
    number = outline["GLIMSId"].values
    heights = heights.rio.clip(outline.geometry, heights.rio.crs).squeeze().transpose()
    speeds = cube.rio.clip(outline.geometry, cube.rio.crs)
    heights = heights.interp_like(speeds, method="nearest")
    speeds["z"] = heights.Band1
    line = lines.loc[lines["GLIMS_ID"] == number[0]].to_crs(code)
    return Glacier(name, outline, heights, speeds, line)


def main():
    catalog = read_catalog("catalog.json")
    cube = open_cube(at_point(catalog, [84.5, 28.5])[0])
    outlines = gpd.read_file("outlines.shp")
    lines = gpd.read_file("lines.shp")
    heights = rxr.open_rasterio("heights.tif")
    glacier = prepared("RGI60-15.04847", outlines, cube, heights, lines, "EPSG:32645")
    print(glacier.area(), glacier.steepest(), glacier.along())
    mapped([cube]).savefig("map.png")


if __name__ == "__main__":
    main()
