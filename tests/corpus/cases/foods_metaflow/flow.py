"""Vectors for what is said of foods, part by part."""

import numpy as np
import pandas as pd
from metaflow import FlowSpec, batch, card, step

from search import client_of, put_vectors
from settings import bucket, image, index, model
from vectors import models, vectors_of


class FoodsFlow(FlowSpec):
    @batch(cpu=3, memory=7500, image=image)
    @step
    def start(self):
        self.bucket = bucket
        engine = client_of("local")
        self.index = index
        answer = engine.search(index=self.index, body={"query": {"match_all": {}}, "size": 10000}, scroll="2m")
        scroll = answer["_scroll_id"]
        documents = answer["hits"]["hits"]
        while True:
            answer = engine.scroll(scroll_id=scroll, scroll="2m")
            hits = answer["hits"]["hits"]
            if not hits:
                break
            documents.extend(hits)
        records = pd.DataFrame([one["_source"] for one in documents]).to_dict(orient="records")
        self.parts = [part.tolist() for part in np.array_split(records, 10)]
        self.next(self.embed, foreach="parts")

    @card
    @batch(cpu=2, memory=7500, image=image)
    @step
    def embed(self):
        texts = [one["description"] for one in self.input]
        ids = [one["id"] for one in self.input]
        self.index = index
        vectors = vectors_of(texts, models[model])
        put_vectors(vectors, self.index, ids)
        self.part = pd.DataFrame({"id": ids, "text": texts, "vector": vectors}).to_dict(orient="records")
        self.next(self.join)

    @batch(cpu=2, memory=7500, image=image)
    @step
    def join(self, inputs):
        self.records = []
        self.records.extend([one.part for one in inputs])
        self.frame = pd.DataFrame(self.records)
        self.next(self.end)

    @batch(cpu=2, memory=3500)
    @step
    def end(self):
        print(f"{len(self.frame)} foods")


if __name__ == "__main__":
    FoodsFlow().run()
