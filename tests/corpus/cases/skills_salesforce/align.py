import geopandas as gpd
import pandas as pd


def realigned(name):
    places = gpd.read_file("places.geojson")
    chosen = places[places["territory"] == name]
    return pd.DataFrame(chosen.drop(columns="geometry")).to_dict("records")
