"""What the articles say."""

import luigi
import pandas as pd
from front import FrontPage
from goose3 import Goose
from goose3.text import StopWordsChinese


class Texts(luigi.Task):
    def requires(self):
        return [FrontPage()]

    def output(self):
        return luigi.LocalTarget("texts.json")

    def run(self):
        frame = pd.read_csv("front.csv")
        reader = Goose({"stopwords_class": StopWordsChinese})
        frame["text"] = frame["address"].apply(lambda address: reader.extract(url=address).cleaned_text)
        with self.output().open("w") as file:
            frame.to_json(file, orient="records")
