"""Roads of a map's extract."""

import math

import geojson
import osmium
import shapely.geometry


class RoadHandler(osmium.SimpleHandler):
    widths = {"motorway": 15.0, "primary": 7.5, "residential": 3.5}
    kinds = set(widths)

    def __init__(self):
        super().__init__()
        self.features = []

    def way(self, way):
        if way.tags.get("highway") not in self.kinds:
            return
        line = geojson.LineString([(node.lon, node.lat) for node in way.nodes])
        shape = shapely.geometry.shape(line)
        around = shape.buffer(math.degrees(self.widths[way.tags["highway"]] / 2 / 6371004.0))
        if shape.is_valid:
            self.features.append(geojson.Feature(geometry=shapely.geometry.mapping(around)))

    def save(self, out):
        with open(out, "w") as to:
            geojson.dump(geojson.FeatureCollection(self.features), to)
