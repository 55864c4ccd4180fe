from prefect import task
from prefect.tasks import task_input_hash

from desk.blocks import BigTables, PostgresTables, SnowTables


@task(retries=2, cache_key_fn=task_input_hash)
def extracted(name, base="https://files.example.org/jaffles"):
    import pandas as pd

    return pd.read_csv(f"{base}/{name}.csv")


@task
def to_snow(rows, table):
    SnowTables.load("default").write(rows, table)


@task
def to_postgres(rows, table):
    block = PostgresTables.load("default")
    block.write(rows, table)


@task
def to_big(rows, table):
    BigTables.load("default").write(rows, table)


@task
def newest(table):
    rows = SnowTables.load("default").read(f"select max(day) as day from {table}")
    return str(rows["day"][0])
