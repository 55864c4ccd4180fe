import random
from collections import defaultdict
from heapq import nlargest

import joblib
import luigi
import luigi.contrib.postgres
import luigi.contrib.s3
import pandas as pd
from sklearn.linear_model import Ridge


class Dump(luigi.ExternalTask):
    day = luigi.DateParameter()

    def output(self):
        return luigi.contrib.s3.S3Target(self.day.strftime("s3://plays/raw/%Y-%m-%d.tsv"))


class Plays(luigi.Task):
    day = luigi.DateParameter()

    def output(self):
        return luigi.LocalTarget(self.day.strftime("data/plays_%Y_%m_%d.tsv"))

    def run(self):
        with self.output().open("w") as out:
            for _ in range(500):
                out.write("{} {}\n".format(random.randint(0, 99), random.randint(0, 99)))


class Singers(luigi.Task):
    span = luigi.DateIntervalParameter()

    def requires(self):
        return [Plays(day) for day in self.span]

    def output(self):
        return luigi.LocalTarget(f"data/singers_{self.span}.tsv")

    def run(self):
        plays = defaultdict(int)
        for one in self.input():
            with one.open("r") as lines:
                for line in lines:
                    plays[line.split()[0]] += 1
        with self.output().open("w") as out:
            for singer, number in plays.items():
                out.write(f"{singer}\t{number}\n")


class Trend(luigi.Task):
    span = luigi.DateIntervalParameter()

    def requires(self):
        return Singers(self.span)

    def output(self):
        return luigi.LocalTarget("models/trend.pkl", format=luigi.format.Nop)

    def run(self):
        frame = pd.read_csv(self.input().path, sep="\t", names=["singer", "plays"])
        model = self._fit(frame)
        with self.output().open("w") as out:
            joblib.dump(model, out)

    def _fit(self, frame):
        return Ridge().fit(frame[["singer"]], frame["plays"])


class Best(luigi.Task):
    span = luigi.DateIntervalParameter()

    def requires(self):
        return Singers(self.span)

    def output(self):
        return luigi.LocalTarget(f"data/best_{self.span}.tsv")

    def run(self):
        with self.output().open("w") as out:
            for plays, singer in nlargest(10, self._pairs()):
                out.write(f"{singer}\t{plays}\n")

    def _pairs(self):
        with self.input().open("r") as lines:
            for line in lines:
                singer, plays = line.split()
                yield int(plays), singer


class BestTable(luigi.contrib.postgres.CopyToTable):
    span = luigi.DateIntervalParameter()
    host = "localhost"
    database = "charts"
    user = "charts"
    password = "none"
    table = "best"
    columns = [("singer", "TEXT"), ("plays", "INT")]

    def requires(self):
        return Best(self.span)


if __name__ == "__main__":
    luigi.run()
