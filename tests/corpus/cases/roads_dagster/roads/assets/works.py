"""Roadworks of the land, for the map."""

import logging
import os
from typing import Any

import geopandas as gpd
import pandas as pd
from dagster import AutomationCondition, asset
from lxml import etree

from roads.util.fetching import download

ROOT = os.getenv("ROADS_ROOT", "./tmp/www")
SOURCE = os.getenv("ROADS_WORKS_URL", "")
FILE = "works.datex2.xml"
PREFIX = ["traffic", "works"]

logger = logging.getLogger(__name__)


class Situations:
    def __init__(self, publisher):
        self.publisher = publisher
        self.spaces = {"d": "http://datex2.eu/schema/2/2_0"}

    def _text(self, node, path):
        found = node.xpath(path, namespaces=self.spaces)
        return found[0].text if found else None

    def features(self, path):
        tree = etree.parse(path)
        for node in tree.xpath("//d:situationRecord", namespaces=self.spaces):
            yield {
                "id": node.get("id"),
                "properties": {"street": self._text(node, ".//d:roadName"), "by": self.publisher},
                "geometry": None,
            }


@asset(
    compute_kind="DATEX2",
    group_name="traffic",
    automation_condition=(AutomationCondition.on_cron("0/5 * * * *") & ~AutomationCondition.in_progress() | AutomationCondition.eager()),
    key_prefix=PREFIX,
)
def works_datex() -> None:
    download(SOURCE, os.path.join(ROOT, *PREFIX), FILE, pressed=True)


@asset(
    deps={"works_datex"},
    compute_kind="GeoJSON",
    io_manager_key="json_web_io_manager",
    automation_condition=AutomationCondition.eager(),
    key_prefix=PREFIX,
)
def works_geojson() -> dict:
    source = os.path.join(ROOT, *PREFIX, FILE)
    return {"type": "FeatureCollection", "features": list(Situations("the land").features(source))}


@asset(compute_kind="PostGIS", io_manager_key="pg_gpd_io_manager", automation_condition=AutomationCondition.eager())
def works(works_geojson: dict[str, Any]) -> pd.DataFrame:
    frame = gpd.GeoDataFrame.from_features(works_geojson["features"], crs="epsg:4326")
    others = frame[frame.geom_type != "LineString"]
    if len(others) > 0:
        logger.warning(f"{len(others)} are no lines")
        return frame[frame.geom_type == "LineString"].set_index("id")
    return frame.set_index("id")
