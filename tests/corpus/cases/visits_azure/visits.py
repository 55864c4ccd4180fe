import importlib
import os
from io import StringIO

import pandas as pd
from azure.storage.blob import BlobServiceClient

uploader = importlib.import_module("file-uploader")

ADDRESS = "https://visits.blob.core.windows.net"


def frame_of(client: BlobServiceClient, container):
    stream = client.get_blob_client(container=container, blob="visits.csv").download_blob(encoding="utf8")
    return pd.read_csv(StringIO(stream.readall()), low_memory=False)


def rated(frame):
    countries = frame.groupby("country").agg(rating=("rating", "mean")).reset_index()
    best = frame.groupby(["country", "kind"])["rating"].mean().reset_index().groupby("country").head(3)
    return pd.merge(countries, best, on="country", how="inner")


def lake(day):
    options = {"account_name": "visits", "anon": False}
    return pd.read_parquet(f"abfs://raw/visits/{day}.parquet", storage_options=options)


def main():
    client = uploader.client_of("", ADDRESS, "identity")
    rated(frame_of(client, "raw")).to_csv("rated.csv", index=False)
    keyed = uploader.client_of(os.environ["KEYS"], ADDRESS, "keys")
    uploader.upload(uploader.container_of(keyed, "out"), "rated.csv", "rated.csv")


if __name__ == "__main__":
    main()
