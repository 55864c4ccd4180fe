"""Burns features into masks."""

import collections
import json
import os

import mercantile
import numpy as np
from PIL import Image
from rasterio.crs import CRS
from rasterio.features import rasterize
from rasterio.transform import from_bounds
from rasterio.warp import transform
from supermercado import burntiles
from tqdm import tqdm

from lawns.tiles import from_csv


def to_metres(feature):
    if feature["geometry"]["type"] == "Polygon":
        rings = (zip(*ring) for ring in feature["geometry"]["coordinates"])
        rings = (list(zip(*transform(CRS.from_epsg(4326), CRS.from_epsg(3857), *ring))) for ring in rings)
        yield {"coordinates": list(rings), "type": "Polygon"}


def burn(tile, features, size):
    shapes = ((geometry, 1) for feature in features for geometry in to_metres(feature))
    box = mercantile.xy_bounds(tile)
    return rasterize(shapes, out_shape=(size, size), transform=from_bounds(*box, size, size))


def main(args):
    by_tile = collections.defaultdict(list)

    def add(polygon):
        feature = {"type": "Feature", "geometry": polygon}
        for tile in burntiles.burn([feature], zoom=args.zoom):
            by_tile[mercantile.Tile(*map(int, tile))].append(feature)

    for path in args.features:
        with open(path) as text:
            for feature in tqdm(json.load(text)["features"], unit="feature"):
                add(feature["geometry"])
    for tile in tqdm(list(from_csv(args.cover)), unit="tile"):
        if tile in by_tile:
            mask = burn(tile, by_tile[tile], args.size)
        else:
            mask = np.zeros(shape=(args.size, args.size), dtype=np.uint8)
        folder = os.path.join(args.out, str(tile.z), str(tile.x))
        os.makedirs(folder, exist_ok=True)
        Image.fromarray(mask, mode="P").save(os.path.join(folder, f"{tile.y}.png"), optimize=True)
