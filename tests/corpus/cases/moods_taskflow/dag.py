import os

import feedparser
import numpy as np
import pandas as pd
import pendulum
import sqlalchemy
import torch
from airflow.decorators import dag, task
from dotenv import load_dotenv
from transformers import AutoModelForSequenceClassification, AutoTokenizer

FEED = "https://news.example.org/rss/markets.xml"

load_dotenv()


@task
def extract(address):
    feed = feedparser.parse(address)
    size = len(feed.entries)
    lines = pd.DataFrame(np.nan, index=range(size), columns=["title", "link"])
    for one in range(size):
        lines.loc[one, "title"] = feed.entries[one].title
        lines.loc[one, "link"] = feed.entries[one].link
    lines.to_csv("lines.csv", index=False)
    return "lines.csv"


@task
def classify(path):
    table = pd.read_csv(path)
    titles = table["title"].tolist()
    tokenizer = AutoTokenizer.from_pretrained("bert-base-cased")
    model = AutoModelForSequenceClassification.from_pretrained("acme/markets-mood")
    inputs = tokenizer(titles, truncation=True, padding=True, return_tensors="pt")
    with torch.no_grad():
        output = model(**inputs)
    shares = torch.nn.functional.softmax(output.logits, dim=1)
    chosen = np.where(shares >= 0.5, 1, 0)
    words = {0: "bad", 1: "none", 2: "good"}
    table["mood"] = [words[np.argmax(one)] for one in chosen]
    table.to_csv("lines.csv", index=False)
    return "lines.csv"


@task
def load(path):
    lines = pd.read_csv(path)
    engine = sqlalchemy.create_engine(os.getenv("STORE_URL"))
    lines.to_sql("lines", con=engine, if_exists="replace", index=False)
    with engine.connect() as connection:
        print(connection.execute(sqlalchemy.text("select * from lines limit 3")).fetchall())


@dag(dag_id="moods", start_date=pendulum.datetime(2024, 5, 2, tz="UTC"), schedule="@daily", catchup=False)
def moods():
    load(classify(extract(FEED)))


flow = moods()
