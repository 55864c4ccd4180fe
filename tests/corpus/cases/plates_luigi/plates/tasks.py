import os
from contextlib import contextmanager
from typing import ContextManager

import luigi
import numpy as np
import omegaconf
import pandas as pd
from luigi.contrib.s3 import S3Target


class Kept(luigi.ExternalTask):
    places = omegaconf.OmegaConf.load("conf/places.yaml")
    data = luigi.Parameter(default="tables")

    def output(self) -> S3Target:
        return S3Target(self.places[f"{self.data}_folder"] + self.places[f"{self.data}_file"], format=luigi.format.Nop)


class Tables(luigi.Task):
    name = omegaconf.OmegaConf.load("conf/places.yaml")["tables_file"]
    file = luigi.Parameter(default=f"data/{name}")

    def requires(self) -> luigi.ExternalTask:
        return Kept("tables")

    def output(self) -> luigi.LocalTarget:
        return luigi.LocalTarget(self.file, format=luigi.format.Nop)

    def run(self) -> None:
        with self.input().open("r") as source, self.output().open("w") as out:
            out.write(source.read())


class Addresses(luigi.Task):
    file = luigi.Parameter(default="data/addresses.txt")

    def requires(self):
        return Tables()

    def output(self):
        return luigi.LocalTarget(self.file)

    def run(self):
        rows = pd.read_csv(self.input().path)
        with self.output().open(mode="w") as out:
            for _, row in rows.iterrows():
                for band in ("u", "g", "r"):
                    out.write(f"https://plates.example/{row.run}/{band}-{str(row.field).zfill(4)}.fits.bz2\n")


class Plates(luigi.Task):
    first = luigi.IntParameter()
    last = luigi.IntParameter()

    def requires(self):
        return Addresses()

    def output(self):
        return luigi.LocalTarget(f"data/plates/_done{self.first}-{self.last}")

    @contextmanager
    def fetched(self, address) -> ContextManager:
        part, whole = f"{hash(address)}.part", address[-24:-1]
        try:
            if not os.path.exists(f"data/plates/{whole}"):
                os.system(f"wget -O data/plates/{part} {address}")
                os.replace(f"data/plates/{part}", f"data/plates/{whole}")
            yield whole
        finally:
            if os.path.exists(part):
                os.remove(part)

    def run(self):
        with self.input().open("r") as addresses:
            for at, address in enumerate(addresses):
                if self.first <= at <= self.last:
                    with self.fetched(address) as name:
                        print(name)
        with self.output().open("w") as out:
            out.write("done")
