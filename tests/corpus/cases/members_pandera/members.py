import os
import random
import time
from contextlib import contextmanager
from urllib.parse import urlparse

import pandera as pa
import pandera.polars as pap
import polars as pl

FILE = "/data/members.parquet"
SIZE = 500_000

SCHEMA = pap.DataFrameSchema(
    {
        "member": pap.Column(int, nullable=False),
        "mail": pap.Column(str, nullable=False),
        "years": pap.Column(int, pa.Check.ge(0)),
        "state": pap.Column(str, pa.Check.isin(["open", "closed"])),
    }
)


@contextmanager
def timed(what):
    begun = time.time()
    yield
    print(f"{what}: {time.time() - begun:.2f} s")


def made(path=FILE, size=SIZE):
    table = pl.DataFrame(
        {
            "member": list(range(size)),
            "mail": [f"m{i}@example.org" if i % 100 else None for i in range(size)],
            "years": [random.randint(18, 80) if i % 200 else -5 for i in range(size)],
        }
    )
    table.write_parquet(path)
    return os.path.getsize(path) / 1024**2


def judged(table):
    try:
        SCHEMA.validate(table, lazy=True)
    except pa.errors.SchemaErrors as error:
        return len(error.schema_errors)
    return 0


def of_file(path=FILE):
    with timed("load"):
        table = pl.read_parquet(path)
    with timed("judge"):
        return judged(table)


def reachable(address):
    try:
        import psycopg2

        psycopg2.connect(address).close()
    except Exception as error:
        print(f"no database: {error}")
        return False
    return True


def of_database(address):
    import ibis

    at = urlparse(address)
    store = ibis.postgres.connect(
        host=at.hostname,
        port=at.port or 5432,
        user=at.username,
        password=at.password,
        database=at.path.lstrip("/"),
    )
    table = store.table("members")
    frame = table.to_polars()
    found = judged(frame)
    store.disconnect()
    return found


def of_duck(path=FILE):
    import ibis

    store = ibis.duckdb.connect("members.ddb")
    members = store.read_parquet(path, table_name="members")
    per_state = members.group_by("state").agg(size=members.count(), oldest=members.years.max())
    return per_state.order_by(ibis.desc("size")).execute()


def main():
    address = os.environ.get("DATABASE_URL", "postgresql://localhost:5432/members")
    if not os.path.exists(FILE):
        print(made())
    print(of_file())
    if reachable(address):
        print(of_database(address))


if __name__ == "__main__":
    main()
