"""Stops, trips and walks of a city's public transport: how far one gets in half an hour."""
import datetime as dt
from functools import partial

import folium
import geopandas as gpd
import h3
import osmnx as ox
import pandas as pd
import partridge as ptg
import pyproj
from google.transit import gtfs_realtime_pb2
from prefect import flow, task
from requests_cache import CachedSession
from shapely.geometry import LineString, Point
from shapely.ops import transform, unary_union

WALK = 4.5 / 3.6
session = CachedSession("cache", expire_after=dt.timedelta(hours=1))
to_metres = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True)


@task(retries=2)
def busiest(path):
    day, services = ptg.read_busiest_date(path)
    return ptg.load_feed(path, {"trips.txt": {"service_id": services}}), day


@task
def stops_of(feed):
    return feed.stops[["stop_id", "stop_lat", "stop_lon"]]


@task
def spoken(day):
    return day.strftime("%A")


@task
def departures(feed, after):
    times = feed.stop_times
    return times[times["departure_time"] > after].groupby("stop_id").size()


@task
def placed(stops):
    points = [Point(one) for one in zip(stops["stop_lon"], stops["stop_lat"])]
    return gpd.GeoDataFrame(stops, geometry=points, crs="EPSG:4326")


@task
def cells(stops, level=8):
    return [h3.latlng_to_cell(lat, lon, level) for lat, lon in zip(stops["stop_lat"], stops["stop_lon"])]


@task
def outlines(names):
    return [list(h3.cell_to_boundary(one)) for one in names]


@task
def dense(names, least=3):
    return {one for one in names if names.count(one) >= least}


@task
def streets(place):
    return ox.graph_from_place(place, network_type="walk")


@task
def nearest(graph, lat, lon):
    return ox.distance.nearest_nodes(graph, lon, lat)


@task
def reach(graph, node, minutes=10):
    return ox.truncate.truncate_graph_dist(graph, node, minutes * 60 * WALK)


@task
def walkable(graph):
    lines = [LineString([(a["x"], a["y"]), (b["x"], b["y"])]) for a, b in
             ((graph.nodes[u], graph.nodes[v]) for u, v in graph.edges())]
    return unary_union(lines).buffer(0.0005)


@task
def area(shape):
    return transform(to_metres.transform, shape).area


@task
def per_person(size, people=1000):
    return size / people


@task
def delays(url):
    feed = gtfs_realtime_pb2.FeedMessage()
    feed.ParseFromString(session.get(url).content)
    return {one.trip_update.trip.trip_id: one.trip_update.delay for one in feed.entity if one.HasField("trip_update")}


@task
def late(found, limit=300):
    return [trip for trip, delay in found.items() if delay > limit]


@task
def drawn(stops, shape):
    chart = folium.Map(location=[stops["stop_lat"].mean(), stops["stop_lon"].mean()])
    folium.GeoJson(shape.__geo_interface__).add_to(chart)
    return chart


@task
def stored(chart, path="reach.html"):
    chart.save(path)


@task
def joined(stops, counts):
    return stops.merge(counts.rename("departures"), left_on="stop_id", right_index=True)


@flow
def lines(path="feed.zip", place="Kassel"):
    feed, day = busiest(path)
    stops = stops_of(feed)
    print(spoken(day), dense(cells(stops)), outlines(cells(stops)))
    joined(placed(stops), departures(feed, 25200))
    graph = streets(place)
    around = reach(graph, nearest(graph, 51.3, 9.5))
    shape = walkable(around)
    print(per_person(area(shape)))
    print(late(delays("https://feed.example/rt")))
    stored(drawn(stops, shape))


if __name__ == "__main__":
    lines()
