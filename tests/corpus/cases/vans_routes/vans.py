"""Rounds of delivery vans: addresses found, distances asked, rounds solved, drawn on a map."""
import concurrent.futures
import itertools
import math
import os
import random
import subprocess
import time
from dataclasses import dataclass, field

import click
import folium
import geopandas as gpd
import h3
import networkx as nx
import numpy as np
import pandas as pd
import polyline
import pulp
import requests
import requests_cache
from geopy.distance import geodesic
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import Nominatim
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from rich.console import Console
from rich.table import Table
from shapely.geometry import LineString, Point

console = Console()
OSRM = os.environ.get("OSRM", "http://localhost:5000")
DEPOT = (52.5, 13.4)
VANS, LOAD = 4, 80
session = requests_cache.CachedSession("osrm", expire_after=86400)


@dataclass
class Stop:
    name: str
    place: tuple
    demand: int = 1
    window: tuple = (0, 24)

    @property
    def cell(self):
        return h3.latlng_to_cell(*self.place, 8)

    def far(self, other):
        return geodesic(self.place, other.place).meters


@dataclass
class Round:
    van: int
    stops: list = field(default_factory=list)

    def add(self, stop):
        self.stops.append(stop)
        return self

    def load(self):
        return sum(one.demand for one in self.stops)

    def line(self):
        return LineString([one.place[::-1] for one in self.stops])


def orders(path):
    if path.endswith((".xls", ".xlsx")):
        return pd.read_excel(path)
    return pd.read_csv(path, sep=None, engine="python")


def located(rows):
    ask = RateLimiter(Nominatim(user_agent="vans").geocode, min_delay_seconds=1)
    found = rows["address"].apply(ask)
    rows["lat"] = found.apply(lambda one: one.latitude if one else None)
    rows["lon"] = found.apply(lambda one: one.longitude if one else None)
    return rows.dropna(subset=["lat", "lon"])


def stops_of(rows):
    return [Stop(row.name_, (row.lat, row.lon), row.boxes) for row in rows.itertuples()]


def crow(stops):
    return np.array([[one.far(other) for other in stops] for one in stops])


def driven(stops):
    places = ";".join(f"{lon},{lat}" for lat, lon in (one.place for one in stops))
    answer = session.get(f"{OSRM}/table/v1/driving/{places}", params={"annotations": "distance"})
    answer.raise_for_status()
    return np.asarray(answer.json()["distances"])


def matrix(stops):
    try:
        return driven(stops)
    except requests.exceptions.RequestException as fault:
        console.log(f"no roads: {fault}")
        return crow(stops)


def as_ints(distances):
    return np.rint(distances).astype(int).tolist()


def solve(stops, distances):
    manager = pywrapcp.RoutingIndexManager(len(stops), VANS, 0)
    routing = pywrapcp.RoutingModel(manager)
    between = as_ints(distances)

    def cost(start, end):
        return between[manager.IndexToNode(start)][manager.IndexToNode(end)]

    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(cost))
    wanted = pywrapcp.DefaultRoutingSearchParameters()
    wanted.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    return manager, routing, routing.SolveWithParameters(wanted)


def rounds(stops, manager, routing, solution):
    made = []
    for van in range(VANS):
        one, index = Round(van), routing.Start(van)
        while not routing.IsEnd(index):
            one.add(stops[manager.IndexToNode(index)])
            index = solution.Value(routing.NextVar(index))
        made.append(one)
    return made


def assigned(loads, vans=VANS):
    problem = pulp.LpProblem("vans", pulp.LpMinimize)
    pairs = list(itertools.product(range(len(loads)), range(vans)))
    used = pulp.LpVariable.dicts("used", pairs, cat="Binary")
    problem += pulp.lpSum(used.values())
    for number in range(len(loads)):
        problem += pulp.lpSum(used[number, van] for van in range(vans)) == 1
    problem.solve(pulp.PULP_CBC_CMD(msg=False))
    return {pair: pulp.value(one) for pair, one in used.items()}


def chosen(values):
    return [pair for pair, value in values.items() if value and value > 0.5]


def swapped(order, tries=1000):
    best = list(order)
    for _ in range(tries):
        i, j = sorted(random.sample(range(len(best)), 2))
        trial = best[:i] + best[i:j][::-1] + best[j:]
        if length(trial) < length(best):
            best = trial
    return best


def length(order):
    return sum(math.dist(one, two) for one, two in zip(order, order[1:]))


def graph(stops, distances):
    made = nx.Graph()
    for (i, one), (j, two) in itertools.combinations(enumerate(stops), 2):
        made.add_edge(one.name, two.name, weight=float(distances[i, j]))
    return made


def backbone(made):
    return sorted(nx.minimum_spanning_tree(made).edges(data="weight"), key=lambda edge: edge[2])


def longest(edges):
    return edges[-1]


def shape(stops):
    places = ";".join(f"{lon},{lat}" for lat, lon in (one.place for one in stops))
    answer = requests.get(f"{OSRM}/route/v1/driving/{places}", timeout=10).json()
    return polyline.decode(answer["routes"][0]["geometry"])


def shapes(made):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(shape, [one.stops for one in made]))


def drawn(made, lines, path="rounds.html"):
    chart = folium.Map(location=DEPOT)
    for one, line in zip(made, lines):
        folium.PolyLine(line, tooltip=f"van {one.van}").add_to(chart)
    chart.save(path)


def layer(made):
    return gpd.GeoDataFrame({"van": [one.van for one in made]}, geometry=[one.line() for one in made], crs=4326)


def near(frame, place=DEPOT):
    return frame[frame.distance(Point(place[::-1])) < 0.2]


def written(frame, path):
    frame.to_file(path, driver="GPKG")


def told(made):
    table = Table("van", "stops", "boxes")
    for one in made:
        table.add_row(str(one.van), str(len(one.stops)), str(one.load()))
    console.print(table)


def osrm(region="berlin-latest.osm.pbf"):
    subprocess.run(f"osmium extract -b 13.0,52.3,13.8,52.7 {region} -o city.osm.pbf", shell=True, check=True)
    return subprocess.Popen(["osrm-routed", "--algorithm", "mld", "city.osrm"])


@click.command()
@click.argument("path", type=click.Path(exists=True))
@click.option("--local/--no-local", default=False)
def main(path, local):
    started = time.time()
    if local:
        osrm()
    stops = stops_of(located(orders(path)))
    distances = matrix(stops)
    made = rounds(stops, *solve(stops, distances))
    told(made)
    console.print(chosen(assigned([one.load() for one in made])))
    console.print(longest(backbone(graph(stops, distances))))
    swapped([one.place for one in stops])
    drawn(made, shapes(made))
    written(near(layer(made)), "rounds.gpkg")
    console.print(f"{time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
