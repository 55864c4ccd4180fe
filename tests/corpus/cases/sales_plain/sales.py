import json
import os
import sys
from datetime import datetime
from functools import partial

import pandas as pd
import requests
from sqlalchemy import create_engine
from sqlalchemy.types import BigInteger, DateTime, Float, String

pd.set_option("display.width", 200)

URL = "https://example.org/sales"
DB = "postgresql+psycopg2://etl:etl@warehouse:5432/sales"
TYPES = {"id": BigInteger, "day": DateTime, "shop": String, "price": Float}


def log(text):
    with open("sales.log", "a") as f:
        f.write(f"{datetime.now():%H:%M:%S} {text}\n")


def extract(month):
    answer = requests.get(URL, params={"month": month})
    answer.raise_for_status()
    return answer.json()


def to_table(rows):
    return pd.json_normalize(rows)


def dedupe(table):
    return table.drop_duplicates("id")


def fill(table, value=0):
    table["price"] = table["price"].fillna(value)
    return table


def upper(text):
    return text.upper()


def rename(table, names):
    return table.rename(columns=names)


def keep_new(table, since):
    return table[table["day"] > since]


def outliers(column):
    low, high = column.quantile(0.01), column.quantile(0.99)
    return column.clip(low, high)


def transform(table):
    steps = [dedupe, partial(fill, value=1), partial(rename, names={"s": "shop"})]
    for step in steps:
        table = step(table)
    table["price"] = outliers(table["price"])
    return table.pipe(keep_new, since="2024-01-01").assign(shop=lambda t: t["shop"].map(upper))


def load(table, engine):
    table.to_sql("sales", engine, if_exists="append", index=False, dtype=TYPES)


def check(engine):
    return pd.read_sql("select count(*) from sales", engine).iloc[0, 0]


def per_shop(table):
    return table.groupby("shop")["price"].sum().to_dict()


def save(totals, path):
    with open(path, "w") as f:
        json.dump(totals, f)


def biggest(totals):
    return max(totals, key=totals.get)


def run(step, *inputs):
    log(f"begin {step.__name__}")
    return step(*inputs)


def retry(call, times=3):
    for number in range(times):
        try:
            return call()
        except requests.RequestException as fault:
            log(f"{number}: {fault}")
    sys.exit(1)


def main():
    engine = create_engine(os.getenv("SALES_DB", DB))
    rows = retry(lambda: extract("2024-05"))
    table = run(transform, run(to_table, rows))
    run(load, table, engine)
    totals = run(per_shop, table)
    save(totals, "totals.json")
    log(f"{check(engine)} rows, {biggest(totals)}")


if __name__ == "__main__":
    main()
