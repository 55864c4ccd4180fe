"""Lawns in masks."""

import collections
import sys

import geojson
import shapely.geometry

from lawns.features.core import denoised, grown, on_earth, outlines, parents, simplified


class LawnHandler:
    kernel = 20
    part = 0.01

    def __init__(self):
        self.features = []

    def apply(self, tile, mask):
        if tile.z != 18:
            raise NotImplementedError("for zoom 18 alone")
        polygons, tree = outlines(grown(denoised(mask, self.kernel), self.kernel))
        if tree is None:
            return
        shapes = [simplified(polygon, self.part) for polygon in polygons]
        rings = collections.defaultdict(set)
        for i, _ in enumerate(shapes):
            above = list(parents(i, tree[0]))
            rings[above[-1] if above else i].add(i)
        for outer, inner in rings.items():
            sides = [on_earth(tile, shapes[one], mask.shape[:2]) for one in (outer, *(inner - {outer}))]
            geometry = geojson.Polygon(sides)
            if shapely.geometry.shape(geometry).is_valid:
                self.features.append(geojson.Feature(geometry=geometry))
            else:
                print("left out a lawn", file=sys.stderr)

    def save(self, out):
        with open(out, "w") as to:
            geojson.dump(geojson.FeatureCollection(self.features), to)
