"""Trains, and notes in Postgres what was trained."""

import logging
from datetime import date
from multiprocessing import cpu_count

import dask.dataframe as dd
import luigi
import luigi.contrib.s3
import pandas as pd
from luigi.contrib.postgres import CopyToTable
from luigi.contrib.s3 import S3Target
from psutil import virtual_memory

from src.etl.training import KINDS, fitted
from src.utils.general import BUCKET, FILE, FOLDER, SETTINGS, TMP, bucket_of, database_of, put_object, read_object

logging.basicConfig(level=logging.INFO)


class Noting:
    """Mixed into tasks of Luigi: notes how long it took, beside the result."""

    cleaned = luigi.BoolParameter(significant=False, default=False)

    def folder(self):
        raise NotImplementedError

    def memory(self):
        return {"processors": cpu_count(), "memory": round(virtual_memory().total / 1024**3, 2)}

    def rows(self):
        return dd.read_parquet(f"s3://{BUCKET}/{self.folder()}")


class Features(Noting, luigi.ExternalTask):
    day = luigi.DateParameter(default=date.today())

    def folder(self):
        return "features"

    def output(self):
        return S3Target(f"s3://{BUCKET}/{self.folder()}/_SUCCESS")


class Training(luigi.Task):
    day = luigi.DateParameter(default=date.today())

    def requires(self):
        return [Features(day=self.day)]

    def run(self):
        s3 = bucket_of(SETTINGS)
        features = read_object(s3, BUCKET, f"features/x_{self.day}.pkl")
        target = read_object(s3, BUCKET, f"features/y_{self.day}.pkl")
        with open(f"{TMP}/trained.csv", "w") as file:
            file.write("day;kind;best\n")
            for kind in KINDS:
                model = fitted(features, target, kind)
                key = FOLDER.format(self.day.year, self.day.month) + "/" + FILE.format(kind, self.day)
                put_object(s3, BUCKET, key, model)
                file.write("{0};{1};{2}\n".format(self.day, kind, model.best_params_))

    def output(self):
        folder = FOLDER.format(self.day.year, self.day.month)
        return [luigi.contrib.s3.S3Target(path=f"s3://{BUCKET}/{folder}/{FILE.format(kind, self.day)}") for kind in KINDS]


class Trained(CopyToTable):
    day = luigi.DateParameter(default=date.today())

    settings = database_of(SETTINGS)
    user = settings["user"]
    password = settings["pass"]
    database = settings["db"]
    host = settings["host"]

    table = "metadata.training"
    columns = [("day", "varchar"), ("kind", "varchar"), ("best", "varchar")]

    def requires(self):
        return [Training(self.day)]

    def rows(self):
        frame = pd.read_csv(f"{TMP}/trained.csv", sep=";")
        for i in range(len(frame)):
            yield (frame.day[i], frame.kind[i], frame.best[i])
