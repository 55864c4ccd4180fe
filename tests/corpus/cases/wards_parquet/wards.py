import glob
from os import path

import dask.bag as bag
import dask_geopandas
import geopandas as gpd
from dask.diagnostics import ProgressBar

KINDS = {"GEOID": "str", "ALAND": "int", "STATEFP": "category", "CSAFP": float}


def typed(shapes):
    for name, kind in KINDS.items():
        try:
            shapes[name] = shapes[name].astype(kind, errors="ignore")
        except KeyError:
            continue
    return shapes


def target(name):
    return path.join(path.dirname(name), "out", path.splitext(path.basename(name))[0] + ".parquet")


def one(name):
    shapes = typed(gpd.read_file(name, driver="SHP"))
    parts = dask_geopandas.from_geopandas(shapes, npartitions=1)
    parts.to_parquet(target(name))
    return name


def spread(shapes, count):
    parts = dask_geopandas.from_geopandas(shapes, npartitions=count)
    return parts.spatial_shuffle(by="hilbert")


def joined(parts, points):
    return dask_geopandas.sjoin(parts, points).compute()


def counted(found):
    return found.groupby("GEOID").size().sort_values(ascending=False)


def areas(shapes):
    return shapes.to_crs(5070).geometry.area / 1e6


def all_of(names):
    with ProgressBar():
        return bag.from_sequence(names).map(one).compute()


def main():
    names = glob.glob("./wards/*.zip")
    all_of(names)
    shapes = gpd.read_parquet(target(names[0]))
    points = gpd.read_file("points.gpkg")
    print(counted(joined(spread(shapes, 4), points)), areas(shapes).sum())


if __name__ == "__main__":
    main()
