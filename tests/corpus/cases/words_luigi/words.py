"""The words that an article turns on."""

from os.path import join

import jieba
import luigi
import pandas as pd
from texts import Texts

FOLDER = "dictionaries"
jieba.load_userdict(join(FOLDER, "people.txt"))

import jieba.analyse

jieba.analyse.set_idf_path(join(FOLDER, "weights.txt"))
jieba.analyse.set_stop_words(join(FOLDER, "stop.txt"))

import jieba.posseg as speech


class Words(luigi.Task):
    def requires(self):
        return [Texts()]

    def output(self):
        return luigi.LocalTarget("words.csv")

    def words(self, text):
        speech.cut(text)
        found = jieba.analyse.textrank(text, topK=30, withWeight=False, allowPOS=("n",))
        return [word for word in found if len(word) > 1]

    def run(self):
        frame = pd.read_json("texts.json")
        rows = []
        for _, row in frame.iterrows():
            for word in self.words(row["text"]):
                rows.append({"address": row["address"], "word": word})
        with self.output().open("w") as file:
            pd.DataFrame(rows).to_csv(file, index=False)
