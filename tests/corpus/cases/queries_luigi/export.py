import os

import luigi
import pandas as pd
from luigi.contrib import sqla
from luigi.contrib.s3 import S3Target
from sqlalchemy import Float, String

from targets import *


class AllQueries(luigi.WrapperTask):
    def requires(self):
        return [QueriesOf(folder=one) for one in os.listdir(FOLDER) if one in ENGINES]


class QueriesOf(luigi.WrapperTask):
    folder = luigi.Parameter(default="stock")

    def requires(self):
        files = [one for one in os.listdir(os.path.join(FOLDER, self.folder)) if one.endswith(".sql")]
        return [Exported(file=one, engine=self.folder) for one in files]


class Exported(luigi.Task):
    file = luigi.Parameter()
    engine = luigi.Parameter(default="stock")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.path = os.path.join(FOLDER, self.engine, self.file)
        self.name = f"{self.engine}_{os.path.splitext(self.file)[0]}.xlsx"

    def output(self):
        return luigi.LocalTarget(os.path.join(OUT, self.name))

    def run(self):
        os.makedirs(OUT, exist_ok=True)
        with open(self.path) as file:
            query = file.read()
        pd.read_sql(query, con=ENGINES[self.engine]).to_excel(os.path.join(OUT, self.name), index=False)


class Kept(luigi.Task):
    engine = luigi.Parameter(default="stock")

    def requires(self):
        return QueriesOf(folder=self.engine)

    def output(self):
        return S3Target(f"s3://exports/{self.engine}.csv")

    def run(self):
        with self.output().open("w") as file:
            file.write("done")


class Totals(sqla.CopyToTable):
    table = "totals"
    connection_string = "postgresql://totals@totals/totals"
    columns = [(["name", String(64)], {"primary_key": True}), (["total", Float()], {})]

    def requires(self):
        return Kept()

    def rows(self):
        with self.input().open() as file:
            for line in file:
                yield line.split(",")


if __name__ == "__main__":
    luigi.build([AllQueries(), Totals()], local_scheduler=True)
