"""Trips with the places of their zones, as a processing job of SageMaker."""

import glob
import logging
import os
from zipfile import ZipFile

import geopandas as gpd
import pandas as pd
from sklearn.model_selection import train_test_split

logger = logging.getLogger()
logger.setLevel(logging.INFO)
logger.addHandler(logging.StreamHandler())


def unpacked(path: str, folder: str):
    logger.info(path)
    with ZipFile(path, "r") as file:
        file.extractall(folder)


def zones_of(folder: str):
    zones = gpd.read_file(os.path.join(folder, "zones.shp"))
    zones["centre"] = zones.geometry.centroid.to_crs(epsg=3310)
    zones["latitude"] = zones.centre.to_crs(epsg=4326).x
    return zones


def trips_of(paths: list):
    columns = ["fare", "picked_up", "passengers", "from_zone", "to_zone"]
    return pd.concat([pd.read_parquet(path, columns=columns) for path in paths], ignore_index=True)


def enriched(trips: pd.DataFrame, zones: pd.DataFrame):
    trips = gpd.GeoDataFrame(trips.join(zones, on="from_zone").join(zones, on="to_zone", rsuffix="_to", lsuffix="_from"))
    trips["distance"] = trips["centre_from"].distance(trips["centre_to"]) / 1000
    trips["picked_up"] = pd.to_datetime(trips["picked_up"])
    trips["hour"] = trips["picked_up"].dt.hour
    return trips.rename(columns={"latitude_from": "start"})


def cleaned(trips: pd.DataFrame):
    trips = trips[(trips.fare > 0) & (trips.fare < 200) & (trips.distance < 121)].dropna()
    return trips[["fare", "passengers", "start", "distance", "hour"]]


def saved(base: str, trips: pd.DataFrame, share=0.2):
    train, rest = train_test_split(trips, test_size=share, random_state=42)
    val, test = train_test_split(rest, test_size=0.5, random_state=42)
    train.to_csv(f"{base}/train/train.csv", header=False, index=False)
    val.to_csv(f"{base}/validation/validation.csv", header=False, index=False)
    test.to_csv(f"{base}/test/test.csv", index=False)
    return train, val, test


def main(base):
    paths = glob.glob(f"{base}/input/*.parquet")
    if not paths:
        raise Exception(f"no files in {base}")
    unpacked(f"{base}/zones/zones.zip", f"{base}/zones")
    return saved(base, cleaned(enriched(trips_of(paths), zones_of(f"{base}/zones"))))


if __name__ == "__main__":
    main("/opt/ml/processing")
