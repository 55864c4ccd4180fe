import os
import re

import matplotlib.pyplot as plt
import nltk
import numpy as np
import pandas as pd
import psycopg2
import seaborn as sns
from nltk.corpus import stopwords, wordnet
from nltk.tokenize import word_tokenize
from PIL import Image
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import train_test_split
from sqlalchemy import create_engine
from wordcloud import WordCloud

from keys import *


def read(table):
    engine = create_engine("postgresql+psycopg2://%s:%s@%s:%d/%s" % (user, secret, host, port, name))
    return pd.read_sql_query("select * from %s" % table, con=engine, index_col="id")


def plain(table):
    table["text"] = table["text"].str.lower()
    table["text"] = table["text"].replace(r"@\w+", "", regex=True)
    table["text"] = table["text"].replace(r"http\S+", "", regex=True)
    return table


def known(word):
    if wordnet.synsets(word):
        return True


def shortened(word):
    if known(word):
        return word
    new = re.sub(r"(\w*)(\w)\2(\w*)", r"\1\2\3", word)
    return shortened(new) if new != word else new


def unstretched(row):
    for word in ["".join(parts) for parts in re.findall(r"(\w*)(\w+)(\2)(\w*)", row)]:
        if not known(word):
            row = re.sub(word, shortened(word), row)
    return row


def without_stops(table):
    stops = stopwords.words("english")
    table["text"] = table["text"].apply(lambda x: " ".join(word for word in x.split() if word not in stops))
    return table


def opposite(word):
    for meaning in wordnet.synsets(word):
        for lemma in meaning.lemmas():
            if lemma.antonyms():
                return lemma.antonyms()[0].name()
    return word


def turned(row):
    words = word_tokenize(row)
    tags = nltk.pos_tag(words)
    if "not" in words:
        at = words.index("not")
        for i, (word, kind) in enumerate(tags[at:]):
            if kind in ("JJ", "NN", "VB"):
                words = words[: at + 1] + [opposite(word)] + words[at + i + 1 :]
                break
    return " ".join(words)


def cleaned(table):
    table = plain(table)
    table["text"] = table["text"].apply(lambda x: unstretched(x))
    table["text"] = table["text"].apply(lambda x: turned(x))
    return without_stops(table)


def counted(table):
    counter = CountVectorizer()
    sums = np.sum(counter.fit_transform(table.text), axis=0)
    counts = np.squeeze(np.asarray(sums))
    return pd.DataFrame([counts], columns=counter.get_feature_names_out()).transpose()


def cloud(text):
    mask = np.array(Image.open(os.path.join(os.getcwd(), "mask.png")))
    drawn = WordCloud(width=2000, height=1000, max_words=2000, mask=mask, colormap="nipy_spectral")
    drawn.generate(text)
    plt.figure(figsize=(10, 10))
    plt.imshow(drawn, interpolation="hermite")
    plt.show()


def bars(counts, mood):
    plt.figure(figsize=(10, 5))
    plt.bar(np.arange(50), counts[0][1:51], color=sns.color_palette("bwr"))
    plt.xticks(np.arange(50), counts[0][1:51].index, rotation=90)
    plt.title("Words of %s" % mood)
    plt.show()


def points(table):
    sns.set_style("whitegrid")
    plt.figure(figsize=(6, 6))
    plt.colorbar(plt.scatter(table["good"], table["bad"], c=table["good"], cmap="bwr"))
    sns.regplot(x="good", y="bad", fit_reg=False, data=table)
    sns.despine()


def split(table):
    return train_test_split(table.text, table.mood, test_size=0.2, shuffle=True)


if __name__ == "__main__":
    texts = cleaned(read("texts"))
    bars(counted(texts[texts.mood > 0]), "joy")
    cloud(" ".join(texts.text))
