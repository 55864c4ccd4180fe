import argparse
import json
import logging
import multiprocessing as mp
import pickle
import time
from datetime import datetime
from functools import reduce
from io import BytesIO

import boto3
import joblib
import numpy as np
import pandas as pd
from gensim.models import FastText
from konlpy.tag import Komoran
from pymongo import MongoClient
from sklearn.cluster import KMeans
from sklearn.preprocessing import Normalizer

with open("config.json") as file:
    config = json.load(file)


class Reviews:
    def __init__(self, small):
        self.log = logging.getLogger()
        self.rows = self._read(small)
        self.cores = (mp.cpu_count() // 2) - 1
        self.model = None
        self.films = None
        self.groups = None
        self.log.info(f"{self.cores} cores")

    def tokenize(self):
        parts = np.array_split(self.rows, self.cores)
        with mp.Pool(processes=self.cores) as pool:
            parts = pool.map(self._with_words, parts)
            parts = pool.map(self._not_empty, parts)
            self.rows = pd.concat(parts)

    def learn(self):
        model = FastText(vector_size=10, window=3, min_count=1, workers=self.cores)
        model.build_vocab(corpus_iterable=self.rows["words"])
        model.train(corpus_iterable=self.rows["words"], total_examples=len(self.rows), epochs=10)
        self.model = model

    def keep_model(self):
        s3 = boto3.client("s3", aws_access_key_id=config["AWS"]["KEY"])
        tried = 0
        while True:
            try:
                with BytesIO() as file:
                    joblib.dump(self.model, file)
                    file.seek(0)
                    s3.upload_fileobj(file, config["AWS"]["BUCKET"], "model")
                return
            except Exception as fault:
                tried += 1
                self.log.error(f"{tried}: {fault}")
                if tried > 2:
                    break
                time.sleep(1)

    def place_films(self):
        vectors = self.model.wv
        films = pd.DataFrame()
        films["film"] = self.rows["film"]
        films["vector"] = self.rows["words"].map(
            lambda words: reduce(np.add, [vectors[word] for word in words])
        )
        self.films = films.groupby("film").sum()

    def group(self):
        x = Normalizer().fit_transform(list(self.films["vector"]))
        means = KMeans(init="k-means++", n_clusters=max(len(self.films) // 100, 2)).fit(x)
        middles = {number: vector for number, vector in enumerate(means.cluster_centers_)}
        groups = pd.DataFrame()
        groups["vector"] = middles.values()
        self.groups = groups
        self.films["group"] = means.labels_

    def keep_groups(self):
        s3 = boto3.client("s3", aws_access_key_id=config["AWS"]["KEY"])
        for name, value in (("groups", self.groups), ("films", self.films)):
            try:
                s3.upload_fileobj(BytesIO(pickle.dumps(value)), config["AWS"]["BUCKET"], name)
            except Exception as fault:
                self.log.error(fault)

    def _read(self, small):
        client = MongoClient(config["DB"]["HOST"], config["DB"]["PORT"])
        table = client[config["DB"]["NAME"]]["reviews"]
        try:
            rows = table.find({"film": {"$in": ["a", "b"]}}) if small else table.find()
        finally:
            client.close()
        df = pd.DataFrame(rows)
        self.log.info(f"{len(df)} reviews")
        return df

    def _with_words(self, df):
        tagger = Komoran()
        df["words"] = df["review"].map(lambda text: self._words(tagger, text))
        return df

    def _words(self, tagger, text):
        try:
            return tagger.nouns(text)
        except Exception as fault:
            self.log.error(fault)
            return []

    def _not_empty(self, df):
        return df[df["words"].astype("str") != "[]"]


def main(given):
    reviews = Reviews(small=given.small)
    reviews.tokenize()
    reviews.learn()
    reviews.keep_model()
    reviews.place_films()
    reviews.group()
    reviews.keep_groups()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("-small", type=int, default=0)
    given = parser.parse_args()
    logging.basicConfig(filename=f"{datetime.now().date()}.log", level=logging.DEBUG)
    main(given)
