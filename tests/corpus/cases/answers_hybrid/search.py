"""Finds answers by words and by meaning, and puts them in order."""

import json
import pickle
from pathlib import Path
from typing import List, Optional, Tuple

import faiss
import nltk
import numpy as np
import pandas as pd
from nltk.corpus import stopwords
from nltk.stem import SnowballStemmer
from nltk.tokenize import sent_tokenize, word_tokenize
from rank_bm25 import BM25Okapi
from sentence_transformers import CrossEncoder, SentenceTransformer, util
from sklearn.preprocessing import normalize

nltk.download("punkt_tab", quiet=True)
nltk.download("stopwords", quiet=True)
STOPS = set(stopwords.words("english"))
stemmer = SnowballStemmer("english")


def words(text: str) -> List[str]:
    return [stemmer.stem(one) for one in word_tokenize(text.lower()) if one.isalpha() and one not in STOPS]


def pieces(text: str, size: int = 3) -> List[str]:
    sentences = sent_tokenize(text)
    return [" ".join(sentences[at : at + size]) for at in range(0, len(sentences), size)]


class Finder:
    def __init__(self, name: str = "BAAI/bge-small-en-v1.5", judge: Optional[str] = None):
        self.model = SentenceTransformer(name)
        self.judge = CrossEncoder(judge) if judge else None
        self.texts: List[str] = []
        self.index = None
        self.counts = None

    def read(self, path: Path) -> "Finder":
        frame = pd.read_csv(path)
        self.texts = [one for text in frame["text"].dropna() for one in pieces(text)]
        return self

    def built(self) -> "Finder":
        vectors = self._vectors(self.texts)
        self.index = faiss.IndexFlatIP(vectors.shape[1])
        self.index.add(vectors)
        self.counts = BM25Okapi([words(one) for one in self.texts])
        return self

    def _vectors(self, texts):
        found = self.model.encode(texts, batch_size=64, show_progress_bar=False, convert_to_numpy=True)
        return normalize(found).astype("float32")

    def by_meaning(self, question: str, many: int) -> List[Tuple[int, float]]:
        scores, found = self.index.search(self._vectors([question]), many)
        return list(zip(found[0].tolist(), scores[0].tolist()))

    def by_words(self, question: str, many: int):
        scores = self.counts.get_scores(words(question))
        best = np.argsort(scores)[::-1][:many]
        return [(int(at), float(scores[at])) for at in best]

    def found(self, question: str, many: int = 20) -> List[int]:
        sums = {}
        for kind in (self.by_meaning, self.by_words):
            for rank, (at, _) in enumerate(kind(question, many)):
                sums[at] = sums.get(at, 0.0) + 1 / (60 + rank)
        return sorted(sums, key=sums.get, reverse=True)[:many]

    def ordered(self, question: str, many: int = 5) -> List[str]:
        first = [self.texts[at] for at in self.found(question)]
        if self.judge is None:
            return first[:many]
        scores = self.judge.predict([(question, one) for one in first])
        return [first[at] for at in np.argsort(-scores)[:many]]

    def keep(self, folder: Path) -> None:
        faiss.write_index(self.index, str(folder / "meaning.index"))
        (folder / "words.pkl").write_bytes(pickle.dumps(self.counts))
        (folder / "texts.json").write_text(json.dumps(self.texts))


def same(finder: Finder, left: str, right: str) -> float:
    vectors = finder.model.encode([left, right], convert_to_tensor=True)
    return util.cos_sim(vectors[0], vectors[1]).item()


def judged(finder, questions):
    hits = [any(answer in one for one in finder.ordered(ask)) for ask, answer in questions]
    return float(np.mean(hits))


def main():
    finder = Finder(judge="cross-encoder/ms-marco-MiniLM-L6-v2").read(Path("pages.csv")).built()
    finder.keep(Path("index"))
    print(judged(finder, [("who?", "nobody")]), same(finder, "a", "b"))


if __name__ == "__main__":
    main()
