"""Roofs from a cloud of points: cut out, fitted by planes, and written as a mesh."""
import json
import sys

import click
import fiona
import laspy
import numpy as np
import open3d as o3d
import pyproj
import pyvista as pv
import trimesh
from loguru import logger
from rtree import index
from scipy.spatial import ConvexHull, cKDTree
from shapely.geometry import mapping, shape
from shapely.prepared import prep
from tqdm import tqdm

BUILDING = 6


def points(path):
    cloud = laspy.read(path)
    return np.vstack((cloud.x, cloud.y, cloud.z)).T[cloud.classification == BUILDING]


def system(path):
    with laspy.open(path) as file:
        return file.header.parse_crs()


def code(crs):
    return crs.to_epsg()


def named(number):
    return f"EPSG:{number}"


def outlines(path):
    with fiona.open(path) as file:
        return {one["properties"]["id"]: shape(one["geometry"]) for one in file}


def tree(shapes):
    found = index.Index()
    for number, one in enumerate(shapes.values()):
        found.insert(number, one.bounds)
    return found


def near(found, box):
    return list(found.intersection(box))


def first(numbers):
    return min(numbers, default=None)


def inside(cloud, outline):
    ready = prep(outline)
    return np.array([one for one in cloud if ready.contains_properly(shape({"type": "Point", "coordinates": one[:2]}))])


def plane(cloud):
    made = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(cloud))
    model, members = made.segment_plane(distance_threshold=0.1, ransac_n=3, num_iterations=500)
    return model, members


def slope(model):
    a, b, c, _ = model
    return float(np.degrees(np.arccos(abs(c) / np.sqrt(a * a + b * b + c * c))))


def flat(angle):
    return angle < 5


def hull(cloud):
    return ConvexHull(cloud)


def mesh(solid):
    return trimesh.Trimesh(vertices=solid.points, faces=solid.simplices)


def volume(made):
    return made.volume if made.is_watertight else None


def saved(made, path):
    made.export(path)


def spacing(cloud):
    return cKDTree(cloud).query(cloud, k=2)[0][:, 1].mean()


def picture(made, path):
    plotter = pv.Plotter(off_screen=True)
    plotter.add_mesh(pv.wrap(made))
    plotter.screenshot(path)


def feature(name, outline, angle):
    return {"type": "Feature", "id": name, "geometry": mapping(outline), "properties": {"slope": angle}}


def written(features, path):
    with open(path, "w") as file:
        json.dump({"type": "FeatureCollection", "features": features}, file)


@click.command()
@click.argument("cloud")
@click.argument("plan")
def main(cloud, plan):
    shapes = outlines(plan)
    all_points = points(cloud)
    logger.info("system {}", named(code(system(cloud))))
    logger.info("first {}", first(near(tree(shapes), (0, 0, 1, 1))))
    features = []
    for name, outline in tqdm(shapes.items()):
        mine = inside(all_points, outline)
        model, _ = plane(mine)
        angle = slope(model)
        if flat(angle):
            continue
        made = mesh(hull(mine))
        print(volume(made), spacing(mine))
        saved(made, f"{name}.stl")
        picture(made, f"{name}.png")
        features.append(feature(name, outline, angle))
    written(features, "roofs.json")


if __name__ == "__main__":
    sys.exit(main())
