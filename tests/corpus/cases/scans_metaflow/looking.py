"""What stands in reports on scans, as pictures."""

import io
from collections import Counter

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from nltk.corpus import stopwords
from nltk.util import ngrams
from sklearn.feature_extraction.text import CountVectorizer
from wordcloud import WordCloud


def loaded(path):
    frame = pd.read_csv(path)
    return frame, frame.shape, frame.head()


def whole(frame):
    before = len(frame)
    frame = frame.dropna()
    return frame, before - len(frame)


def lengths(frame):
    figure, axes = plt.subplots()
    sns.histplot(frame["text"].str.len(), ax=axes)
    return [figure]


def words_of(frame, most=40):
    known = set(stopwords.words("english"))
    return Counter(word for text in frame["text"] for word in text.lower().split() if word not in known).most_common(most)


def pairs_of(frame, n=2, most=10):
    counts = CountVectorizer(ngram_range=(n, n)).fit(frame["text"])
    sums = counts.transform(frame["text"]).sum(axis=0)
    found = sorted(((word, sums[0, at]) for word, at in counts.vocabulary_.items()), key=lambda one: -one[1])[:most]
    figure, axes = plt.subplots()
    axes.barh([word for word, _ in found], [count for _, count in found])
    return found, figure


def cloud_of(frame):
    figure, axes = plt.subplots()
    axes.imshow(WordCloud(max_words=100).generate(" ".join(frame["text"])))
    return figure


def as_bytes(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
