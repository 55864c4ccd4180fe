from functools import lru_cache

import geopandas

TILES = "https://data.example/wrs2_descending.zip"
LAND = "https://data.example/land.geojson"


@lru_cache(maxsize=1)
def _tiles():
    return geopandas.read_file(TILES)


def tile_of(path: int, row: int) -> geopandas.GeoDataFrame:
    tiles = _tiles()
    return tiles[(tiles.PATH == path) & (tiles.ROW == row)]


def land() -> geopandas.GeoDataFrame:
    return geopandas.read_file(LAND)
