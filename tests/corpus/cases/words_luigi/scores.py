"""Words by the shares of the articles they stand in."""

import luigi
import pandas as pd
from readers import Readers
from words import Words


class Scores(luigi.Task):
    def requires(self):
        return [Words(), Readers()]

    def output(self):
        return luigi.LocalTarget("scores.csv")

    def run(self):
        shares = pd.read_csv("readers.csv")
        words = pd.read_csv("words.csv")
        both = words.join(shares.set_index("address"), on="address")[["word", "shares"]]
        scores = both.groupby("word").sum()
        scores["word"] = scores.index
        scores = scores.sort_values("shares", ascending=False)
        with self.output().open("w") as file:
            scores.to_csv(file, index=False)
