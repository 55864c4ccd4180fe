import io
import logging
import re
from pathlib import Path

import gensim
import numpy as np
import pandas as pd
from gensim.models.doc2vec import Doc2Vec, TaggedDocument
from gensim.models.phrases import Phraser, Phrases
from gensim.models.word2vec import Text8Corpus
from gensim.parsing.porter import PorterStemmer
from gensim.test.utils import get_tmpfile

logging.basicConfig(format="%(asctime)s : %(message)s", level=logging.INFO)


class Notes:
    def __init__(self, size=250, epochs=100, rate=0.02):
        self.size = size
        self.epochs = epochs
        self.rate = rate
        self.bigram = None

    def like(self, word, topn=5):
        if self.stem:
            word = PorterStemmer().stem(word)
        return [one[0] for one in self.model.wv.most_similar(word, topn=topn)]

    def __getitem__(self, item):
        return self.model.wv[item]

    def cosine(self, a, b):
        a, b = np.array(self.model.wv[a]), np.array(self.model.wv[b])
        return a.dot(b) / (np.linalg.norm(a) * np.linalg.norm(b))

    def corpus(self, path, stem):
        with open(path, encoding="utf-8") as file:
            for i, line in enumerate(file):
                words = gensim.utils.simple_preprocess(re.sub("-", "_", line))
                if self.bigram is not None:
                    words = self.bigram[words]
                if stem:
                    words = PorterStemmer().stem_documents(words)
                yield TaggedDocument(words, [i])

    def with_bigrams(self, path, to, threshold=1.5):
        phrases = Phrases(Text8Corpus(path), min_count=1, threshold=threshold)
        self.bigram = Phraser(phrases)
        self.bigram.save(get_tmpfile(to))

    def fit(self, path, to="", stem=True):
        self.stem = stem
        documents = list(self.corpus(path, stem))
        model = Doc2Vec(vector_size=self.size, epochs=self.epochs, alpha=self.rate, min_count=1)
        model.build_vocab(documents)
        model.train(documents, total_examples=model.corpus_count, epochs=model.epochs)
        if to != "":
            model.save(get_tmpfile(to))
        self.model = model
        self.vocab = model.wv.key_to_index

    def vector(self, text):
        words = [word for word in gensim.utils.simple_preprocess(text) if word in self.vocab]
        if not words:
            return np.zeros(self.model.vector_size)
        return self.model.infer_vector(words, alpha=0.02, epochs=100)

    @classmethod
    def load(cls, path, stem=True):
        notes = Notes()
        notes.model = Doc2Vec.load(get_tmpfile(path))
        notes.vocab = notes.model.wv.key_to_index
        notes.stem = stem
        return notes


def table(path):
    notes = Notes(size=50)
    notes.fit(path)
    lines = Path(path).read_text().splitlines()
    return pd.DataFrame([notes.vector(line) for line in lines], index=lines)
