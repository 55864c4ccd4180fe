import base64
from io import BytesIO

import dagster as dg
import geopandas as gpd
import matplotlib.pyplot as plt
import pandas as pd
import requests
from dagster_duckdb import DuckDBResource
from smart_open import open

from taxi import places
from taxi.stores import transport


@dg.asset(group_name="raw")
def zones_file() -> dg.MaterializeResult:
    raw = requests.get("https://example.org/zones.csv", timeout=60)
    with open(places.ZONES, "wb", transport_params=transport) as out:
        out.write(raw.content)
    return dg.MaterializeResult(metadata={"rows": dg.MetadataValue.int(len(pd.read_csv(BytesIO(raw.content))))})


@dg.asset(deps=["zones_file"])
def zones(context: dg.AssetExecutionContext, database: DuckDBResource):
    with database.get_connection() as link:
        link.execute(f"create or replace table zones as select * from '{places.ZONES}'")


@dg.asset(deps=["zones"])
def weeks(database: DuckDBResource):
    with database.get_connection() as link:
        rows = link.execute("select week, count(*) as trips from trips group by week").fetch_df()
    try:
        rows = pd.concat([pd.read_csv(places.WEEKS), rows])
    except FileNotFoundError:
        pass
    rows.to_csv(places.WEEKS, index=False)


@dg.asset(deps=["weeks"])
def zone_map() -> dg.MaterializeResult:
    shapes = gpd.read_file("data/zones.geojson")
    figure, axes = plt.subplots(figsize=(8, 8))
    shapes.plot(column="trips", cmap="plasma", legend=True, ax=axes)
    plt.savefig(places.MAP, bbox_inches="tight")
    plt.close(figure)
    return dg.MaterializeResult(metadata={"preview": dg.MetadataValue.md(embedded(places.MAP))})


def embedded(path):
    with open(path, "rb") as picture:
        return f"![map](data:image/png;base64,{base64.b64encode(picture.read()).decode()})"


def as_shapes(rows):
    rows["geometry"] = gpd.GeoSeries.from_wkt(rows["geometry"])
    return gpd.GeoDataFrame(rows)
