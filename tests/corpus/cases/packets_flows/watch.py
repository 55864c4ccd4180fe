"""Odd flows in a capture: read, scored by several detectors, told to the desk."""
import importlib
import logging
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress

import duckdb
import typer
import yaml
from elasticsearch import Elasticsearch, helpers
from pyod.models.ecod import ECOD
from pyod.models.iforest import IForest
from rich.logging import RichHandler
from sklearn.preprocessing import StandardScaler
from slack_sdk.webhook import WebhookClient
from tenacity import retry, stop_after_attempt, wait_exponential

from flows import *
from flows import FlowTable, enrich, features

with suppress(ImportError):
    import uvloop

logging.basicConfig(handlers=[RichHandler()])
log = logging.getLogger("watch")
app = typer.Typer()
DETECTORS = {"ecod": ECOD, "forest": IForest}
COLUMNS = ["bytes", "mean", "gap", "entropy"]


def rules(path="rules.yml"):
    with open(path) as file:
        return yaml.safe_load(file)


def table(path):
    flows = FlowTable()
    for one in packets(path):
        flows.add(one)
    return flows


def tables(paths):
    with ProcessPoolExecutor() as pool:
        return list(pool.map(table, paths))


def total(found):
    return sum(len(one) for one in found)


def scaled(frame):
    return StandardScaler().fit_transform(frame.select(COLUMNS).to_numpy())


def scores(frame, name="ecod"):
    detector = DETECTORS[name](contamination=0.02)
    detector.fit(scaled(frame))
    return frame.with_columns(score=detector.decision_scores_, odd=detector.labels_ == 1)


def voted(frame):
    votes = [scores(frame, name)["odd"] for name in DETECTORS]
    return frame.filter(sum(votes) >= 2)


def told(frame):
    return frame.rows(named=True)


def enriched(rows):
    for row in rows:
        row["country"] = enrich.country(row["dst"])
        row["domain"] = enrich.domain(enrich.name(row["dst"]))
    return rows


def outside(rows):
    return [row for row in rows if not enrich.local(row["dst"])]


def history(frame, path="flows.duckdb"):
    with duckdb.connect(path) as db:
        db.register("now", frame)
        db.execute("create table if not exists flows as select * from now limit 0")
        db.execute("insert into flows select * from now")
        return db.sql("select src, sum(bytes) b from flows group by src order by b desc").pl()


def indexed(rows, index="odd-flows"):
    client = Elasticsearch(os.environ["ELASTIC"])
    helpers.bulk(client, ({"_index": index, "_source": row} for row in rows))


@retry(stop=stop_after_attempt(3), wait=wait_exponential())
def alert(rows):
    text = "\n".join(f"{row['src']} -> {row['domain']} ({row['country']})" for row in rows)
    WebhookClient(os.environ["SLACK"]).send(text=text)


def sink(name):
    return {"elastic": indexed, "slack": alert, "log": log.info}[name]


def plugin(name):
    return importlib.import_module(f"flows.{name}")


@app.command()
def watch(paths: list[str], to: str = "log"):
    found = tables(paths)
    log.info("%d flows", total(found))
    for one in found:
        frame = one.frame()
        odd = outside(enriched(told(voted(frame))))
        sink(to)(odd)
        log.info("%s scan, most: %s", features.scanners(features.by_host(frame)), history(frame))


@app.command()
def tls(path: str):
    sys.stdout.buffer.write(tshark(path))


if __name__ == "__main__":
    app()
