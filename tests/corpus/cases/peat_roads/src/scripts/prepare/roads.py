import argparse
import gc
import logging
import os

import boto3
import dask
import dask_geopandas as dgpd
import geopandas as gpd
import numpy as np
import rioxarray as rxr
import xarray as xr
from dask.distributed import Client, LocalCluster
from rasterio.features import rasterize
from rasterio.warp import transform_bounds
from shapely.geometry import box

import src.scripts.constants as cn
from src.scripts import shared

logging.basicConfig(level=logging.INFO)

MASK = "_mask_1km.tif"


def parts_of(bounds, size=2):
    west, south, east, north = bounds
    return [(x, y, x + size, y + size) for y in range(south, north, size) for x in range(west, east, size)]


def net_of(masked, transform):
    rows, columns = np.nonzero(masked)
    cells = [box(*(transform * (c, r)), *(transform * (c + 1, r + 1))) for r, c in zip(rows, columns)]
    frame = gpd.GeoDataFrame({"geometry": cells}, crs="EPSG:3395")
    return dgpd.from_geopandas(frame, npartitions=10 if cells else 1)


def is_empty(frame):
    return frame.map_partitions(len).compute().sum() == 0


def read_lines(tile, kind):
    group, sub = kind.split("_", 1)
    path = f"/vsis3/{cn.bucket}/{cn.datasets[group][sub]['projected']}/{sub}_{tile}.shp"
    try:
        return dgpd.read_file(path, npartitions=8)
    except Exception as error:
        logging.error("%s: %s", path, error)
        return dgpd.from_geopandas(gpd.GeoDataFrame(columns=["geometry"], crs="EPSG:3395"), npartitions=1)


def lengths(lines, net):
    net = net.reset_index(drop=True)
    net["cell"] = net.index
    joined = gpd.sjoin(gpd.clip(lines, net), net[["geometry", "cell"]], how="inner", predicate="intersects")
    joined["part"] = joined.apply(lambda row: row.geometry.intersection(net.loc[row["index_right"], "geometry"]).length, axis=1)
    return net.merge(joined.groupby("cell")["part"].sum().reset_index(), on="cell", how="left")


def as_raster(net, like):
    shapes = [(shape, value) for shape, value in zip(net.geometry, net["part"].fillna(0)) if value > 0]
    burned = rasterize(shapes, out_shape=like.shape[1:], transform=like.rio.transform(), fill=0.0, dtype=np.float32)
    raster = xr.DataArray(burned / 1000.0, dims=("y", "x"), coords={"y": like.y, "x": like.x})
    return raster.rio.write_crs("EPSG:3395")


@dask.delayed
def one_part(bounds, tile, kind):
    group, sub = kind.split("_", 1)
    mask = rxr.open_rasterio(f"/vsis3/{cn.bucket}/{cn.datasets['peat']['mask']['one_km']}{tile}{MASK}", masked=True)
    west, south, east, north = transform_bounds("EPSG:4326", mask.rio.crs, *bounds, densify_pts=21)
    mask = mask.rio.clip_box(minx=west, miny=south, maxx=east, maxy=north)
    masked = (mask[0].data == 1).astype(np.uint8)
    if np.all(masked == 0):
        return None
    net, lines = net_of(masked, mask.rio.transform()), read_lines(tile, kind)
    if is_empty(net) or is_empty(lines):
        return None
    lines = dgpd.clip(lines, box(west, south, east, north))
    raster = as_raster(lengths(lines.compute(), net.compute()), mask)
    folder = cn.datasets[group][sub]["local"]
    os.makedirs(folder, exist_ok=True)
    out = os.path.join(folder, f"{tile}_{kind}.tif")
    raster.rio.to_raster(out, compress="lzw")
    boto3.client("s3").upload_file(out, cn.bucket, f"{cn.datasets[group][sub]['small']}/{tile}_{kind}.tif")
    gc.collect()
    return out


@dask.delayed
def joined_tile(tile, kind, _after=None):
    group, sub = kind.split("_", 1)
    keys = [one for one in shared.listed(cn.bucket, cn.datasets[group][sub]["small"]) if tile in one]
    if not keys:
        return None
    out = os.path.join(cn.datasets[group][sub]["local"], f"{tile}.tif")
    shared.warped([f"/vsis3/{cn.bucket}/{one}" for one in keys], out, shared.bounds_of(tile))
    shared.uploaded(out, cn.bucket, os.path.basename(out))
    return out


def tasks_of(tile, kind, join=False):
    tasks = [one_part(one, tile, kind) for one in parts_of(shared.bounds_of(tile))]
    if join:
        tasks.append(joined_tile(tile, kind, tasks))
    return tasks


def main(tile, kind="osm_roads", client="local", join=False):
    if client == "coiled":
        cluster, connection = shared.connected("roads", 20)
    else:
        cluster = LocalCluster()
        connection = Client(cluster)
    try:
        dask.compute(*tasks_of(tile, kind, join))
    finally:
        connection.close()
        cluster.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--tile")
    main(parser.parse_args().tile)
