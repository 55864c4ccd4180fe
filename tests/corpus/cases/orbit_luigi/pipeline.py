"""The market of a game: its history and orders, from the service into tables, and what a trader earns."""

import datetime as dt
import json
import logging
import os.path
import sys
import threading

import bs4
import luigi
import numpy as np
import pandas as pd
import requests as rq
import sqlalchemy

logger = logging.getLogger(__name__)
logger.addHandler(logging.StreamHandler(sys.stdout))
logger.setLevel(logging.INFO)

ENGINE = sqlalchemy.create_engine("sqlite:///" + os.path.join(".", "orbit.db"))
GOODS = pd.read_csv("goods.csv")
HISTORY = "./history/"
DONE = "./done/"
REGION = "1000"


def fetch_history(numbers, region=REGION):
    address = "https://orbit.example.org/market/{region}/history/{number}/"
    for number in numbers:
        try:
            answer = rq.get(address.format(region=region, number=number))
        except Exception as error:
            logger.error("no history of {}: {}".format(number, error))
            return None
        with open(HISTORY + "{}/{}.json".format(region, number), "w") as file:
            json.dump(answer.json(), file)


def history_of(name):
    with open(os.path.join(HISTORY + REGION, name)) as file:
        data = json.load(file)
    frame = pd.DataFrame.from_dict(data["items"], orient="columns")
    frame["date"] = pd.to_datetime(frame["date"])
    frame = frame.set_index("date")
    frame["worth"] = frame.price * frame.volume
    frame["high"], frame["low"] = zip(*frame.apply(volumes_of, axis=1))
    return frame


def volumes_of(row):
    prices = [[row.lowest, row.highest], [1, 1]]
    sums = [row.price * row.volume, row.volume]
    try:
        low, high = np.linalg.solve(prices, sums)
    except np.linalg.LinAlgError:
        return (np.nan, np.nan)
    return (high, low)


def orders_of(number="34", region=REGION):
    frames = []
    for kind in ["buy", "sell"]:
        answer = rq.get("https://orbit.example.org/market/{}/orders/{}/{}/".format(region, kind, number))
        frames.append(pd.DataFrame(answer.json()["items"]))
    orders = pd.concat(frames)

    def station_of(place):
        return int(place["id"])

    orders["station"] = orders.location.apply(station_of)
    orders["issued"] = pd.to_datetime(orders.issued)
    orders["name"] = GOODS.loc[GOODS.number == orders.number.values[0]].name.values[0]
    return orders.sort_values("price")


def margin_of(number, connection):
    frame = pd.read_sql_query("SELECT * FROM orders WHERE number == {}".format(number), connection)
    try:
        hub = frame.groupby("station").count().buy.idxmax()
    except ValueError:
        return (np.nan, np.nan)
    best = frame.loc[frame.buy == 1].price.max()
    least = frame.loc[(frame.buy == 0) & (frame.station == hub)].price.min()
    return (best, (least - best) / best)


class FetchHistory(luigi.Task):
    def output(self):
        return luigi.LocalTarget(os.path.join(DONE, "history.done"))

    def requires(self):
        return []

    def run(self):
        numbers = pd.read_csv("active.csv").number.values
        threads = [threading.Thread(target=fetch_history, args=[numbers[first::50]]) for first in range(50)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        with self.output().open("w"):
            pass


class JoinHistory(luigi.Task):
    def output(self):
        return luigi.LocalTarget("history.csv")

    def requires(self):
        return FetchHistory()

    def run(self):
        frames = [history_of(name) for name in os.listdir(HISTORY + REGION)]
        with self.output().open("w") as file:
            pd.concat(frames).to_csv(file)


class StoreHistory(luigi.Task):
    def output(self):
        return luigi.LocalTarget(os.path.join(DONE, "stored.done"))

    def requires(self):
        return JoinHistory()

    def run(self):
        connection = ENGINE.connect()
        with self.input().open("r") as file:
            frame = pd.read_csv(file)
            frame.to_sql("history", connection, if_exists="replace", chunksize=500)
        with self.output().open("w"):
            pass


class FetchOrders(luigi.Task):
    most = 50

    def output(self):
        return luigi.LocalTarget("orders.csv")

    def requires(self):
        return StoreHistory()

    def run(self):
        since = dt.date.today() - dt.timedelta(days=20)
        query = 'SELECT * FROM history WHERE date > "{}"'.format(since.strftime("%Y-%m-%d"))
        frame = pd.read_sql_query(query, ENGINE.connect(), parse_dates=["date"])
        numbers = frame.groupby("number").mean().sort_values("worth").head(self.most).index.values
        orders = pd.concat([orders_of(number=number) for number in numbers])
        with self.output().open("w") as file:
            orders.to_csv(file, index=False)


class AddDeals(luigi.Task):
    def output(self):
        return luigi.LocalTarget(os.path.join(DONE, "deals.done"))

    def requires(self):
        return []

    def run(self):
        connection = ENGINE.connect()
        answer = rq.get("https://orbit.example.org/deals.xml?key={}".format("k"))
        page = bs4.BeautifulSoup(answer.text, "lxml")
        frame = pd.DataFrame([row.attrs for row in page.findAll("row")])
        frame[["price", "count"]] = frame[["price", "count"]].apply(pd.to_numeric)
        known = pd.read_sql_table("deals", connection).number.values
        frame.loc[~frame.number.isin(known)].to_sql("deals", connection, if_exists="append", index=False)


class Margins(luigi.Task):
    def output(self):
        return luigi.LocalTarget(os.path.join(DONE, "margins.done"))

    def requires(self):
        return [StoreHistory(), FetchOrders()]

    def run(self):
        connection = ENGINE.connect()

        def average_of(days):
            since = dt.date.today() - dt.timedelta(days=days)
            frame = pd.read_sql_query('SELECT * FROM history WHERE date > "{}"'.format(since), connection)
            means = frame.groupby("number").mean()
            means.columns = ["{}_{}days".format(column, days) for column in means.columns]
            return means

        features = [average_of(1), average_of(7)]
        margins = {}
        for number in features[0].index.values:
            margins[number] = dict(zip(["best", "margin"], margin_of(number, connection)))
        features.append(pd.DataFrame(margins).transpose())
        pd.concat(features, axis=1).to_sql("features", connection, if_exists="replace")


if __name__ == "__main__":
    luigi.run()
