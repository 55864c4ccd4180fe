from __future__ import annotations

import hashlib
import sqlite3
import threading

import numpy as np

from . import paths
from .base import Query, Ranking, Retriever
from .corpus import Corpus

RERANKERS = {"bge": "BAAI/bge-reranker-v2-m3"}


class Rerank(Retriever):
    def __init__(self, corpus: Corpus, base: Retriever, model: str = "bge", depth: int = 30):
        super().__init__(corpus)
        self.base, self.model_name, self.depth = base, model, depth
        self._model = None
        db = paths.CACHE / f"rerank-{model}.sqlite"
        db.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(str(db), check_same_thread=False)
        self._db.execute("CREATE TABLE IF NOT EXISTS s (q TEXT, r INTEGER, v REAL)")
        self._lock = threading.Lock()

    @property
    def model(self):
        if self._model is None:
            import torch
            from sentence_transformers import CrossEncoder

            device = "cuda" if torch.cuda.is_available() else "cpu"
            self._model = CrossEncoder(RERANKERS[self.model_name], device=device)
        return self._model

    def _scores(self, query: Query, rows: list[int]) -> dict[int, float]:
        key = hashlib.sha1(query.text.encode()).hexdigest()
        with self._lock:
            cached = dict(self._db.execute("SELECT r, v FROM s WHERE q = ?", (key,)).fetchall())
        missing = [row for row in rows if row not in cached]
        if missing:
            texts = self.corpus.chunks["text"].to_numpy()
            values = self.model.predict([(query.text, texts[row]) for row in missing])
            cached.update({int(row): float(value) for row, value in zip(missing, values)})
        return cached

    def search(self, queries, masks, k):
        from tqdm import tqdm

        first = self.base.search(queries, masks, self.depth)
        out = []
        for i, query in enumerate(tqdm(queries, leave=False)):
            union = sorted({int(row) for ranking in first[i] for row in ranking.rows})
            scores = self._scores(query, union)
            row = []
            for ranking in first[i]:
                cand = sorted((int(r) for r in ranking.rows), key=lambda r: -scores[r])[:k]
                row.append(Ranking(np.array(cand), np.array([scores[r] for r in cand], dtype=np.float32)))
            out.append(row)
        return out


class Words(Retriever):
    name = "bm25"

    def __init__(self, corpus: Corpus):
        super().__init__(corpus)
        from rank_bm25 import BM25Okapi

        self._index = BM25Okapi([text.split() for text in corpus.chunks["text"]])

    def search(self, queries, masks, k):
        out = []
        for query in queries:
            scores = self._index.get_scores(query.text.split())
            best = np.argsort(scores)[::-1][:k]
            out.append([Ranking(best, scores[best])])
        return out


def answered(path, texts, k=5):
    corpus = Corpus.load(path)
    search = Rerank(corpus, Words(corpus))
    return search.search([Query(str(i), text) for i, text in enumerate(texts)], None, k)
