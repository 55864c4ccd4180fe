import pickle

import luigi
import pandas as pd
from sklearn.linear_model import LogisticRegression

from drifts.common import settings


class Scores(luigi.Task):
    day = luigi.DateParameter()

    def output(self):
        return luigi.LocalTarget("temp/scores.pkl", format=luigi.format.Nop)

    def run(self):
        rows = pd.read_sql("select * from features", f"postgresql+psycopg2://{settings('store.yaml')['user']}@store/features")
        model = LogisticRegression().fit(rows.drop(columns="y"), rows["y"])
        with self.output().open("wb") as file:
            pickle.dump(model.predict_proba(rows.drop(columns="y")), file)
