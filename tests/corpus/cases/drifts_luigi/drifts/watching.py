import datetime

import luigi
from luigi.contrib.postgres import CopyToTable
from scipy.stats import wasserstein_distance

from drifts.common import bucket, loaded, settings
from drifts.training import Scores


class Watching(CopyToTable):
    day = luigi.DateParameter(default=datetime.date.today())
    credentials = settings("store.yaml")
    user = credentials["user"]
    password = credentials["password"]
    database = credentials["database"]
    host = credentials["host"]
    table = "drifts"
    columns = [("day", "DATE"), ("model", "DATE"), ("distance", "FLOAT")]

    def requires(self):
        return Scores(day=self.day)

    def rows(self):
        scores = loaded(f"predictions/{self.day}.pkl").score
        distance = wasserstein_distance(loaded("temp/scores.pkl")[:, 1], scores)
        keys = [one.key for one in bucket().Bucket("drifts").objects.filter(Prefix="models")]
        newest = max(datetime.datetime.strptime(one.split(".")[0][-10:], "%Y-%m-%d") for one in keys)
        yield self.day, newest, distance
