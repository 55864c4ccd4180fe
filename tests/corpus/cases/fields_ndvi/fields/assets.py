import json
from datetime import datetime
from io import StringIO
from typing import Dict, List

import geopandas as gpd
import numpy as np
import pandas as pd
import rioxarray
import xarray as xr
from dagster import AssetExecutionContext, DailyPartitionsDefinition, MetadataValue, Output, asset
from pystac_client import Client
from shapely.geometry import mapping, shape

from .stores import Minio

days = DailyPartitionsDefinition(start_date="2024-01-01")
catalog = Client.open("https://stac.example.org/v1")


@asset(description="the area that is looked at")
def area(context: AssetExecutionContext, minio: Minio) -> dict:
    found = minio.client().get_object(Bucket=minio.bucket, Key="area.geojson")
    outline = shape(json.loads(found["Body"].read())["features"][0]["geometry"])
    context.log.info(f"{outline.bounds}")
    return {"outline": mapping(outline), "bounds": outline.bounds}


@asset
def fields(context: AssetExecutionContext, minio: Minio) -> gpd.GeoDataFrame:
    found = minio.client().get_object(Bucket=minio.bucket, Key="fields.geojson")
    shapes = gpd.read_file(StringIO(found["Body"].read().decode()))
    shapes["planted"] = pd.to_datetime(shapes["planted"])
    return shapes


@asset(partitions_def=days)
def greenness(context: AssetExecutionContext, fields: gpd.GeoDataFrame) -> xr.DataArray:
    day = datetime.fromisoformat(context.partition_key)
    outline = fields[fields["planted"] < day].iloc[0].geometry
    items = list(catalog.search(collections=["s2"], intersects=mapping(outline), datetime=context.partition_key).items())
    red = rioxarray.open_rasterio(items[0].assets["red"].href, masked=True, chunks={"x": 512})[0]
    near = rioxarray.open_rasterio(items[0].assets["nir"].href, masked=True, chunks={"x": 512})[0]
    red = red.rio.clip([mapping(outline)], crs=red.rio.crs)
    near = near.rio.clip([mapping(outline)], crs=near.rio.crs)
    return (near - red) / (near + red + 1e-6)


@asset(partitions_def=days)
def mean_of_day(context: AssetExecutionContext, greenness, minio: Minio) -> Dict[str, float]:
    said = {"mean": float(greenness.mean().compute().item())}
    minio.client().put_object(Bucket=minio.bucket, Key=f"{context.partition_key}.json", Body=json.dumps(said))
    return said


@asset
def poor(mean_of_day: Dict[str, float]) -> List[str]:
    return [name for name, value in mean_of_day.items() if value < 0.2]


@asset
def course(context: AssetExecutionContext, poor) -> Output:
    frame = pd.DataFrame({"day": pd.date_range(end=datetime.now(), periods=30), "value": np.random.rand(30)})
    return Output(frame.to_csv(index=False), metadata={"poor": MetadataValue.int(len(poor))})
