import importlib
import os
from io import StringIO

import pandas as pd
from azure.storage.blob import BlobServiceClient

sender = importlib.import_module("file-sender")
URL = "https://tourists.blob.core.windows.net"


def fetched(service: BlobServiceClient, container):
    stream = service.get_blob_client(container=container, blob="tourists.csv").download_blob(encoding="utf8")
    return pd.read_csv(StringIO(stream.readall()), low_memory=False)


def countries(rows):
    return rows.groupby("Country").agg(Rating=("Rating", "mean")).reset_index()


def kinds(rows, most=3):
    found = rows.groupby(["Country", "Kind"]).agg(Kinds=("Rating", "mean")).reset_index()
    found = found.sort_values(by=["Country", "Kinds"], ascending=[True, False])
    return found.groupby("Country").head(most).reset_index(drop=True)


def names_of(found):
    return [one for one in found["Country"].astype(str)]


def merged(first, second):
    return pd.merge(first, second, on="Country", how="inner")


def named(names, prefix):
    return [f"{prefix}-{one.lower()}" for one in names]


def main():
    rows = fetched(sender.client(URL), "raw")
    found = merged(countries(rows), kinds(rows))
    found.to_csv("found.csv", index=False)
    holder = sender.container(sender.client(URL, by="text"), named(names_of(found), "of")[0])
    sender.sent(holder, "found.csv", "found.csv")


if __name__ == "__main__":
    if os.getenv("CONNECTION_STRING") is None:
        raise SystemExit("no connection")
    main()
