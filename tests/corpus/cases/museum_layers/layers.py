from pathlib import Path

import pandas as pd

BRONZE = "lake/bronze/museum"
SILVER = "lake/silver/museum"
GOLD = "lake/gold/museum"


class Artists:
    def __init__(self):
        self.source = Path(BRONZE + "/artists.csv")
        self.target = Path(SILVER + "/artists.csv")

    def read(self):
        return pd.read_csv(self.source, sep=",", dtype={"Born": "Int64", "Died": "Int64"})

    def gaps(self):
        df = self.read()
        for name in df.columns:
            print(name, f"{100 * df[name].isnull().sum() / df.shape[0]:.2f} %")

    def with_age(self):
        df = self.read()
        df["Age"] = df["Died"] - df["Born"]
        return df

    def to_silver(self):
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.read()[["Number", "Name", "Born", "Died"]].to_csv(self.target, sep=";", index=False)


class Works:
    def __init__(self):
        self.source = Path(BRONZE + "/works.xlsx")
        self.target = Path(SILVER + "/works.parquet")

    def read(self):
        return pd.read_excel(self.source)

    def to_silver(self):
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.read()[["Number", "Title", "Date"]].to_parquet(self.target, index=False)


class Joined:
    def __init__(self):
        self.artists = Path(SILVER + "/artists.csv")
        self.works = Path(SILVER + "/works.parquet")
        self.target = Path(GOLD + "/joined.csv")
        self.names = {"Title": "title", "Name": "artist"}

    def to_gold(self):
        artists = pd.read_csv(self.artists, sep=";")
        works = pd.read_parquet(self.works)
        works = works[works["Number"].notnull() & works["Number"].str.match(r"^\d+$")]
        both = pd.merge(artists, works.astype({"Number": "int"}), on="Number")
        both.rename(columns=self.names, inplace=True)
        self.target.parent.mkdir(parents=True, exist_ok=True)
        both[["title", "artist"]].to_csv(self.target, sep=";", index=False)


def run():
    for layer in (Artists(), Works()):
        layer.to_silver()
    Joined().to_gold()


if __name__ == "__main__":
    run()
