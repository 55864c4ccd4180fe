import hashlib
import os
import pickle

import pandas as pd
import redis
from metaflow import S3, FlowSpec, Parameter, step
from sklearn.preprocessing import StandardScaler

os.environ["AWS_ENDPOINT_URL_S3"] = "http://minio:9000"


class CellsFlow(FlowSpec):
    root = Parameter("root", default="s3://cells/")

    @step
    def start(self):
        self.next(self.rows, self.models)

    @step
    def rows(self):
        with S3(s3root=self.root) as store:
            frame = pd.read_csv(store.get("cells.csv").path)
            with open(store.get("scaler.pkl").path, "rb") as file:
                scaler = pickle.load(file)
        self.scaled = scaler.transform(frame)
        self.next(self.predict)

    @step
    def models(self):
        self.loaded = {}
        with S3(s3root=self.root) as store:
            for name in ["tree", "knn"]:
                with open(store.get(f"{name}.pkl").path, "rb") as file:
                    self.loaded[name] = pickle.load(file)
        self.next(self.predict)

    @step
    def predict(self, inputs):
        data, models = None, {}
        for one in inputs:
            if hasattr(one, "scaled"):
                data = one.scaled
            if hasattr(one, "loaded"):
                models = one.loaded
        seen = {name: [int(value) for value in model.predict(data)] for name, model in models.items()}
        keys = [hashlib.sha256(str(row).encode()).hexdigest() for row in data]
        self.found = {key: {name: seen[name][at] for name in seen} for at, key in enumerate(keys)}
        self.next(self.end)

    @step
    def end(self):
        cache = redis.Redis(host="redis", decode_responses=True)
        pipeline = cache.pipeline()
        for key, value in self.found.items():
            pipeline.hset(f"cells:{key}", mapping=value)
        pipeline.execute()


def scaler_of(path):
    frame = pd.read_csv(path)
    scaler = StandardScaler().fit(frame)
    with S3(s3root="s3://cells/") as store:
        store.put("scaler.pkl", pickle.dumps(scaler))
    return scaler.mean_.tolist()


def cached(key):
    return redis.Redis(host="redis", decode_responses=True).hgetall(f"cells:{key}")


if __name__ == "__main__":
    CellsFlow()
