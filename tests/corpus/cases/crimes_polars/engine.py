import hashlib
import os
import time
from datetime import datetime
from pathlib import Path

import fastexcel
import h3
import holidays
import numpy as np
import pandas as pd
import polars as pl
import requests
from catboost import CatBoostRegressor
from google.cloud import storage
from sklearn.preprocessing import StandardScaler


class Engine:
    def __init__(self):
        self.root = Path(".")
        self.raw = self.root / "lake" / "raw"
        self.today = datetime.now()
        self.client = storage.Client(project="crimes")
        self.free_days = holidays.Brazil(years=[self.today.year])
        self.hashes = dict()

    def digest(self, file):
        found = hashlib.sha256()
        with open(file, "rb") as stream:
            for block in iter(lambda: stream.read(4096), b""):
                found.update(block)
        return found.hexdigest()

    def fetched(self, year, path):
        for _ in range(3):
            answer = requests.get(f"https://crimes.example.org/{year}.xlsx", stream=True, timeout=60)
            if answer.status_code == 200:
                path.write_bytes(answer.content)
                return True
            time.sleep(5)
        return False

    def read_raw(self):
        for year in range(2022, self.today.year + 1):
            sheet = self.raw / f"{year}.xlsx"
            if not self.fetched(year, sheet):
                continue
            names = [one for one in fastexcel.read_excel(str(sheet)).sheet_names if "cover" not in one]
            frames = [pl.read_excel(str(sheet), sheet_name=one, engine="calamine") for one in names]
            whole = pl.concat([one.with_columns(pl.all().cast(pl.String)) for one in frames], how="diagonal")
            target = self.raw / f"{year}.parquet"
            whole.write_parquet(target)
            self.hashes[target.name] = self.digest(target)

    def cleaned(self):
        files = [str(one) for one in self.raw.glob("*.parquet")]
        frame = pl.concat([pl.scan_parquet(one) for one in files], how="diagonal").collect()
        frame = frame.lazy().with_columns(pl.col("lat").cast(pl.Float32)).unique(subset=["number"]).collect()
        places = frame.select(["lat", "lon"]).unique().to_pandas()
        places["cell"] = places.apply(lambda row: h3.latlng_to_cell(row["lat"], row["lon"], 8), axis=1)
        return frame.join(pl.from_pandas(places), on=["lat", "lon"], how="left")

    def learned(self, frame):
        risks = frame.group_by(["cell", "hour"]).agg(pl.col("risk").sum())
        x = StandardScaler().fit_transform(risks.select(["hour"]).to_pandas())
        y = np.log1p(risks.select("risk").to_numpy().ravel())
        model = CatBoostRegressor(iterations=200, silent=True).fit(x, y)
        return risks.with_columns([pl.Series("seen", np.round(np.expm1(model.predict(x)), 2))])

    def uploaded(self):
        bucket = self.client.bucket(os.environ["BUCKET"])
        for file in self.root.rglob("lake/*/*.parquet"):
            bucket.blob(str(file)).upload_from_filename(str(file))

    def is_free(self, day):
        return day in self.free_days


def months(path):
    return pd.read_excel(path, engine="calamine", sheet_name=None)


if __name__ == "__main__":
    engine = Engine()
    engine.read_raw()
    print(engine.learned(engine.cleaned()))
    engine.uploaded()
