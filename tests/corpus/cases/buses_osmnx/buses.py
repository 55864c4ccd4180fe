import hashlib
import os
import pickle
import re

import networkx as nx
import osmnx as ox
import pandas as pd
from geopy.distance import great_circle

STREETS = "osmnx_cache"
MATRICES = "matrices"
os.makedirs(STREETS, exist_ok=True)
os.makedirs(MATRICES, exist_ok=True)


def streets_file(box):
    return os.path.join(STREETS, "graph_" + "_".join(f"{one:.6f}" for one in box) + ".pkl")


def kept_streets(box):
    file = streets_file(box)
    if os.path.exists(file):
        try:
            with open(file, "rb") as opened:
                return pickle.load(opened)
        except Exception:
            print("broken, fetched again")
    return None


def keep_streets(streets, box):
    with open(streets_file(box), "wb") as opened:
        pickle.dump(streets, opened)


def safe(name):
    return re.sub(r'[\\/:*?"<>|\x00-\x1F]', "_", name.replace("\n", "_")).strip(". ")


def matrix_file(routes, school):
    name = f"{safe(school)}_" + "_".join(sorted(routes))
    if len(name) > 100:
        name = hashlib.md5(name.encode()).hexdigest()
    return os.path.join(MATRICES, f"matrix_{name}.pkl")


def kept_matrix(routes, school):
    file = matrix_file(routes, school)
    if os.path.exists(file):
        with open(file, "rb") as opened:
            return pickle.load(opened)
    return None


def keep_matrix(matrix, routes, school):
    with open(matrix_file(routes, school), "wb") as opened:
        pickle.dump(matrix, opened)


def matrix_of(stops, school, place="Location", lat="Latitude", lon="Longitude"):
    every = stops[place].unique().tolist()
    if school in every:
        every = [one for one in every if one != school] + [school]
    routes = stops["Route"].unique().tolist()
    kept = kept_matrix(routes, school)
    if kept is not None and not [one for one in every if one not in kept]:
        return kept
    matrix = by_streets(stops, every, place, lat, lon)
    if matrix is None:
        matrix = by_air(stops, every, place, lat, lon)
    keep_matrix(matrix, routes, school)
    return matrix


def by_streets(stops, every, place, lat, lon):
    try:
        box = (stops[lon].min(), stops[lat].min(), stops[lon].max(), stops[lat].max())
        G = kept_streets(box)
        if G is None:
            G = ox.graph_from_bbox(box, network_type="drive")
            G = ox.add_edge_travel_times(ox.add_edge_speeds(G))
            keep_streets(G, box)
        nodes = {}
        for one in every:
            row = stops[stops[place] == one].iloc[0]
            try:
                nodes[one] = ox.distance.nearest_nodes(G, X=row[lon], Y=row[lat])
            except ValueError:
                nodes[one] = None
        matrix = {}
        for one in every:
            matrix[one] = {}
            for other in every:
                try:
                    matrix[one][other] = nx.shortest_path_length(G, nodes[one], nodes[other], weight="length") / 1000
                except nx.NetworkXNoPath:
                    matrix[one][other] = between(stops, one, other, place, lat, lon)
        return matrix
    except Exception as error:
        print(f"no streets: {error}")
        return None


def between(stops, one, other, place, lat, lon):
    a, b = (stops[stops[place] == name].iloc[0] for name in (one, other))
    return great_circle((a[lat], a[lon]), (b[lat], b[lon])).km


def by_air(stops, every, place, lat, lon):
    return {
        one: {other: 0 if one == other else between(stops, one, other, place, lat, lon) for other in every}
        for one in every
    }


def main(path):
    stops = pd.read_csv(path)
    return matrix_of(stops, "Hill School")


if __name__ == "__main__":
    print(main("stops.csv"))
