import os
from datetime import datetime

from dotenv import load_dotenv

from src.extract import connect, orders
from src.load import copy_statement, to_bucket
from src.transform import without_doubles

load_dotenv()
DATABASE = tuple(os.getenv(name) for name in ("dbname", "host", "port", "user", "password"))
KEYS = os.getenv("aws_key"), os.getenv("aws_secret")
BUCKET = "shop-dump"


def extract():
    return orders(*DATABASE)


def clean(rows):
    return without_doubles(rows)


def keep(rows, key):
    to_bucket(rows, key, BUCKET, *KEYS)


def publish(key):
    link = connect(*DATABASE)
    link.cursor().execute(copy_statement("shop.clean", BUCKET, key, os.environ["ROLE"]))
    link.commit()


def report(start):
    print(f"took {datetime.now() - start}")


def run():
    start = datetime.now()
    rows = clean(extract())
    keep(rows, "orders.csv")
    publish("orders.csv")
    report(start)


if __name__ == "__main__":
    run()
