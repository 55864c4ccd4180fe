import urllib.request
from collections import Counter

import pandas as pd
import plotly.graph_objects as go
import spacy
import streamlit as st
from bertopic import BERTopic
from bertopic.representation import PartOfSpeech
from plotly import express as px

STOPWORDS = "https://example.org/stopwords-en.txt"
nlp = spacy.load("en_core_web_sm")


@st.cache_data
def stopwords():
    return urllib.request.urlopen(STOPWORDS).read().decode().split("\n")


def columns(data):
    return list(data.columns.to_list())


def entities(texts):
    texts = texts.apply(lambda x: str(x).lower())
    return [one.text for one in nlp(" ".join(texts)).ents]


def tagged(texts, tag):
    return [token.text for token in nlp(" ".join(texts)) if token.pos_ == tag]


def cleaned(text):
    words = [token.text for token in nlp(text.lower()) if len(token.text) > 4]
    return " ".join(word for word in words if word not in stopwords())


def counted(words):
    most = Counter(words).most_common(7)
    return pd.DataFrame({"word": [word for word, _ in most], "count": [count for _, count in most]})


def bars(x, y):
    fig = go.Figure([go.Bar(x=x, y=y, orientation="h", text=x)])
    fig.update_layout(paper_bgcolor="#FFFFFF", yaxis={"categoryorder": "total ascending"})
    return fig


def shares(table):
    return px.pie(table, names="word", values="count")


def topics(texts):
    model = BERTopic(representation_model=PartOfSpeech("en_core_web_sm"))
    model.fit_transform(texts)
    return model.get_topic_info().filter(["Topic", "Count"]), model.visualize_barchart()


def page():
    st.set_page_config(page_title="topics", layout="wide")
    file = st.file_uploader("a file of CSV")
    if file is None:
        return st.write("give a file")
    df = pd.read_csv(file)
    column = st.selectbox("column", columns(df))
    table = counted(entities(df[column]) + tagged(df[column], "VERB"))
    st.plotly_chart(bars(table["count"], table["word"]), use_container_width=True)
    st.plotly_chart(shares(table))
    found, chart = topics(df[column].apply(cleaned).to_list())
    st.table(found)
    st.plotly_chart(chart)


if __name__ == "__main__":
    page()
