import igraph as ig
import networkx as nx
import numpy as np
import osmnx as ox
import pandas as pd
import scipy.spatial
from matplotlib import pyplot as plt
from networkx import path_graph
from shapely.geometry import Point, box

KEPT = ["n", "m", "k_avg", "edge_length_total", "area_km"]


def street_lengths(graph):
    lengths = np.array([edge["length"] for _, edge in graph.edges.items() if edge["length"] > 10])
    return {"length_avg": lengths.mean(), "length_std": lengths.std()}


def degrees(graph):
    into = np.array([d for _, d in graph.in_degree])
    out = np.array([d for _, d in graph.out_degree])
    return {"in_avg": into.mean(), "in_std": into.std(), "out_avg": out.mean(), "out_std": out.std()}


def simple_figures(graph, area):
    return {key: value for key, value in ox.basic_stats(graph, area=area).items() if key in KEPT}


def more_figures(graph):
    data = ox.extended_stats(graph, connectivity=True, cc=True)
    return {key: value for key, value in data.items() if isinstance(value, (int, float))}


def graph_of(place: str):
    graph = None
    try:
        graph = ox.graph_from_place(place, network_type="drive")
        graph = nx.relabel.convert_node_labels_to_integers(graph)
    except Exception as fault:
        print(place, fault)
    return graph


def figures(city: str):
    result = {"city": city}
    graph = graph_of(city)
    if graph is None:
        return result
    flat = ox.project_graph(graph)
    points = ox.graph_to_gdfs(flat, edges=False).unary_union
    area = points.convex_hull.area
    result["area_km"] = area / 1e6
    result.update(simple_figures(graph, area))
    result.update(street_lengths(graph))
    result.update(degrees(graph))
    middle = box(*points.bounds).centroid
    node = ox.get_nearest_node(flat, (middle.y, middle.x), method="euclidean", return_dist=False)
    mean, std = ways(flat, node)
    result["ways_mean"] = mean
    result["ways_std"] = std
    result.update(more_figures(graph))
    return result


def ways(graph, origin):
    other = ig.Graph(directed=True)
    other.add_vertices(list(graph.nodes()))
    other.add_edges(list(graph.edges()))
    other.es["length"] = list(nx.get_edge_attributes(graph, "length").values())
    lengths = np.array(other.shortest_paths(source=origin, weights="length"))
    lengths = lengths[:, ~np.isinf(lengths).any(axis=0)]
    return lengths.mean(), lengths.std()


def table(cities, file):
    df = pd.DataFrame([figures(city) for city in cities])
    print(df.head(5))
    df.to_csv(file, index=False)


if __name__ == "__main__":
    table(["Turku", "Bergen", "Aarhus"], "north.csv")
    df = pd.read_csv("north.csv", index_col=None)
    df.rename(columns={"n": "nodes", "m": "edges"}, inplace=True)
    df["degree_std"] = df["in_std"] + df["out_std"]
    for column in df.columns:
        if column != "city":
            df.hist(column=column, bins=10)
            plt.show()
