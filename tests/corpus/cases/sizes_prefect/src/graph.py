"""Studies out of a graph's database."""

import csv
import os

import pandas as pd
from neo4j import GraphDatabase
from prefect import flow, task
from prefect_shell import ShellOperation

ALL = "MATCH (s:study)-[*]-(n) RETURN DISTINCT labels(n) as kind"


@task
def kinds_of(driver) -> list:
    with driver.session() as session:
        return session.execute_read(_kinds)


def _kinds(tx):
    return [row["kind"][0] for row in tx.run(ALL)]


@task(log_prints=True)
def written(driver, kind: str, folder: str) -> str:
    path = os.path.join(folder, f"{kind}.csv")
    with driver.session() as session, open(path, "w") as file:
        writer = csv.writer(file)
        for record in session.run(f"MATCH (n:{kind}) RETURN n"):
            writer.writerow(record.values())
    return path


@flow(name="pull all kinds")
def pulled(uri: str, user: str, word: str, folder: str) -> str:
    driver = GraphDatabase.driver(uri, auth=(user, word))
    os.makedirs(folder, exist_ok=True)
    for kind in kinds_of(driver):
        written(driver, kind, folder)
    driver.close()
    return folder


@task
def as_tsv(path: str, into: str) -> str:
    frame = pd.read_csv(path, low_memory=False)
    wide = frame.pivot(index="id", columns="property", values="value").reset_index()
    out = os.path.join(into, os.path.basename(path).replace(".csv", ".tsv"))
    wide.to_csv(out, sep="\t", index=False)
    return out


@flow
def packed(folder: str) -> None:
    ShellOperation(commands=[f"tar -czf {folder}.tgz {folder}", f"md5sum {folder}.tgz"]).run()
