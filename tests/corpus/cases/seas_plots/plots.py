import cmocean
import contextily as cx
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rasterio
from matplotlib_scalebar.scalebar import ScaleBar
from rasterio.plot import show as show_raster

cx.set_cache_dir("/tmp/basemaps")
PAGE = 448.13


def size_of(share=1, ratio=1.618):
    inches = PAGE * share / 72.27
    return inches, inches / ratio


def against_truth(rows: pd.DataFrame, errors, share=0.5):
    figure, axes = plt.subplots(figsize=size_of(ratio=1, share=share))
    rows.plot.scatter(x="true", y="found", alpha=0.3, ax=axes)
    low = min(rows.true.min(), rows.found.min())
    high = max(rows.true.max(), rows.found.max())
    axes.plot((low, high), (low, high), c="red")
    axes.text(0.05, 0.8, s=f"RMSE = {errors['rmse']:.2f} m", transform=axes.transAxes)
    return figure


def raster_map(path, title):
    with rasterio.open(path) as raster:
        figure, axes = plt.subplots(figsize=(20, 17))
        axes.set_xlabel(f"degrees in {raster.crs}")
        axes.set_title(title)
        hidden = axes.imshow(raster.read(1, masked=True), cmap="inferno")
        show_raster(raster, cmap="inferno", ax=axes)
        figure.colorbar(hidden, ax=axes)
        return figure


def photon_map(points, share):
    west, south, east, north = points.total_bounds
    width, height = size_of(share=share, ratio=(east - west) / (north - south))
    figure, axes = plt.subplots(figsize=(width, height))
    points.plot(column="found", cmap=cmocean.cm.deep_r, legend=True, ax=axes, s=1)
    cx.add_basemap(axes, source=cx.providers.OpenStreetMap.Mapnik, crs=points.crs)
    axes.set_xlabel(f"east in {points.crs.name}")
    axes.add_artist(ScaleBar(1, "m"))
    return figure


def tracks(axes, lines, ratio=0.4):
    lines.plot(figsize=size_of(ratio=ratio), ax=axes, linewidth=1)
    cx.add_basemap(axes, source=cx.providers.Esri.WorldImagery, crs=lines.crs)
    axes.set_xlabel(f"degrees in {lines.crs.name}")


def site(axes, area):
    area.plot(ax=axes, color="red")


def both(lines, area):
    figure, axes = plt.subplots()
    site(axes, area)
    tracks(axes, lines)
    return figure


def transect(below, bottom, path):
    figure, axes = plt.subplots(figsize=(5, 3))
    axes.scatter(x=below.time, y=below.depth, s=2)
    axes.plot(bottom.time, bottom.guess, c="red")
    other = axes.twinx()
    other.plot(bottom.time, bottom.density, c="green")
    bottom = bottom.assign(off=(bottom.true - bottom.guess) ** 2)
    seconds = bottom.time.max() - bottom.time.min()
    count = max(1, int(seconds.value / 4_000_000))
    binned = bottom.groupby(pd.cut(bottom.time, count)).agg({"off": lambda one: np.power(np.mean(one), 0.5)})
    axes.axvline(binned.off.median())
    figure.savefig(path, bbox_inches="tight")
