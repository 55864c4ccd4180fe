import logging
import os
import random
import typing
from dataclasses import dataclass
from typing import List, Tuple

import flytekit
import gensim
import matplotlib.pyplot as plt
import mpld3
import numpy as np
from dataclasses_json import dataclass_json
from flytekit import Resources, task, workflow
from flytekit.types.file import FlyteFile
from gensim.corpora import Dictionary
from gensim.models import LdaModel, Word2Vec
from gensim.parsing.preprocessing import STOPWORDS, remove_stopwords
from nltk.stem import WordNetLemmatizer
from nltk.tokenize import RegexpTokenizer
from sklearn.manifold import TSNE

logger = logging.getLogger(__file__)

ModelFile = typing.NamedTuple("ModelFile", model=FlyteFile)
CORPUS = os.path.join(gensim.__path__[0], "test", "test_data", "lee.cor")
Points = typing.NamedTuple("Points", x=List[np.float32], y=List[np.float32], names=np.ndarray)
FIRST = "fast trains need long tracks"


def normal(line: str) -> List[str]:
    words = RegexpTokenizer(r"\w+").tokenize(remove_stopwords(line.lower()))
    stem = WordNetLemmatizer()
    return [stem.lemmatize(word) for word in words]


class Lines:
    def __init__(self, path):
        self.path = path

    def __iter__(self):
        for line in open(self.path):
            yield normal(line)


@task
def corpus() -> List[List[str]]:
    return list(Lines(CORPUS))


@dataclass_json
@dataclass
class Settings:
    topics: int = 4
    size: int = 100


@task(cache=True, cache_version="2", limits=Resources(mem="500Mi"))
def train_vectors(lines: List[List[str]], settings: Settings) -> ModelFile:
    model = Word2Vec(lines, vector_size=settings.size)
    path = os.path.join(flytekit.current_context().working_directory, "vectors.model")
    model.save(path)
    return (path,)


@task
def train_topics(lines: List[List[str]], settings: Settings) -> ModelFile:
    words = Dictionary(lines)
    model = LdaModel(corpus=[words.doc2bow(line) for line in lines], id2word=words, num_topics=settings.topics)
    logger.info(model.print_topics(num_words=3))
    model.save("topics.model")
    return ("topics.model",)


@task
def alike(model: FlyteFile, word: str):
    vectors = Word2Vec.load(model.path).wv
    logger.info(vectors.most_similar(word, topn=5))


@task
def flatten(model: FlyteFile) -> Points:
    vectors = Word2Vec.load(model.path).wv
    flat = TSNE(n_components=2, random_state=1).fit_transform(np.asarray(vectors.vectors))
    return [v[0] for v in flat], [v[1] for v in flat], np.asarray(vectors.index_to_key)


@task
def draw(x: List[np.float32], y: List[np.float32], names: np.ndarray):
    figure, axes = plt.subplots()
    axes.scatter(x, y)
    for i in random.sample(range(len(names)), 20):
        axes.annotate(names[i], (x[i], y[i]))
    flytekit.Deck("words", mpld3.fig_to_html(figure))


def stop_free(text=FIRST):
    return [word for word in text.split() if word not in STOPWORDS]


@workflow
def words_workflow() -> ModelFile:
    lines = corpus()
    vectors = train_vectors(lines=lines, settings=Settings())
    train_topics(lines=lines, settings=Settings())
    alike(model=vectors.model, word="rail")
    points = flatten(model=vectors.model)
    draw(x=points.x, y=points.y, names=points.names)
    return vectors


if __name__ == "__main__":
    print(words_workflow())
