"""Copies the receipts of some suppliers from SQL Server to Postgres, in parts."""

import csv
import logging
import os
import sys
import time
from io import StringIO

import pandas as pd
import psycopg2 as pg2
from dotenv import load_dotenv
from prefect import flow, get_run_logger, task
from sqlalchemy import create_engine

logger = logging.getLogger("receipts")
logger.setLevel(logging.INFO)
how = logging.Formatter("%(asctime)s - %(levelname)s - %(message)s")
os.makedirs("logs", exist_ok=True)
to_file = logging.FileHandler("logs/receipts.log", encoding="utf-8")
to_file.setFormatter(how)
logger.addHandler(to_file)
to_screen = logging.StreamHandler(sys.stdout)
to_screen.setFormatter(how)
logger.addHandler(to_screen)

load_dotenv()
FROM_HOST = os.getenv("FROM_HOST")
FROM_USER = os.getenv("FROM_USER")
FROM_WORD = os.getenv("FROM_WORD")
FROM_NAME = os.getenv("FROM_NAME")
INTO_HOST = os.getenv("INTO_HOST")
INTO_PORT = os.getenv("INTO_PORT")
INTO_NAME = os.getenv("INTO_NAME")
INTO_USER = os.getenv("INTO_USER")
INTO_WORD = os.getenv("INTO_WORD")


def source():
    return create_engine(f"mssql+pyodbc://{FROM_USER}:{FROM_WORD}@{FROM_HOST}/{FROM_NAME}?driver=ODBC+Driver+17+for+SQL+Server")


def target():
    return pg2.connect(dbname=INTO_NAME, user=INTO_USER, password=INTO_WORD, host=INTO_HOST, port=INTO_PORT)


def kinds_of(frame):
    kinds = {"int64": "BIGINT", "float64": "DOUBLE PRECISION", "bool": "BOOLEAN", "object": "TEXT"}
    listed = [f"{column} {kinds.get(str(frame[column].dtype), 'TEXT')}" for column in frame.columns]
    return ", ".join(listed)


def as_lines(frame: pd.DataFrame) -> StringIO:
    lines = StringIO()
    frame.to_csv(lines, index=False, header=False, sep="\t", na_rep="\\N")
    lines.seek(0)
    return lines


def put(connection, frame: pd.DataFrame, table: str):
    lines = as_lines(frame)
    schema, name = table.split(".")
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY \"{schema}\".\"{name}\" FROM STDIN WITH (FORMAT csv, DELIMITER E'\t', NULL '\\N')", lines)
    connection.commit()


@task(name="copy receipts")
def copy_receipts(suppliers, log="times.csv"):
    listed = ",".join(map(str, suppliers))
    logger.info(f"receipts of {listed}")
    engine = source()
    table = "src.receipts"
    rows = 0
    times = []
    with engine.connect() as reading, target() as writing:
        began = time.time()
        parts = pd.read_sql(f"SELECT * FROM receipts WHERE supplier IN ({listed})", reading, chunksize=50000)
        try:
            first = next(parts)
        except StopIteration:
            logger.warning("no receipts")
            return 0
        with writing.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
            cursor.execute(f"CREATE TABLE {table} ({kinds_of(first)})")
            writing.commit()
        put(writing, first, table)
        rows += len(first)
        for number, part in enumerate(parts, start=2):
            put(writing, part, table)
            times.append((number, len(part), round(time.time() - began, 2)))
            rows += len(part)
    with open(log, mode="w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["part", "rows", "seconds"])
        writer.writerows(times)
    return rows


@flow(name="receipts")
def receipts(suppliers: list = [20, 1074]):
    log = get_run_logger()
    try:
        rows = copy_receipts.with_options(name="by COPY").submit(suppliers, log="copy.csv").result()
        log.info(f"{rows} rows")
    except Exception as error:
        log.error(f"not copied: {error}")


if __name__ == "__main__":
    receipts()
    logger.info("done")
