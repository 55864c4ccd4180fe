import json
from io import StringIO
from pathlib import Path

import click
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import requests
from snowflake.connector import ProgrammingError
from snowflake.snowpark import Session
from snowflake.snowpark.functions import avg, col


def datasets():
    answer = requests.get("https://plans.example.org/dataset.json")
    answer.raise_for_status()
    return [one["dataset"] for one in answer.json()["datasets"] if one["size"] > 0]


def emptied(path):
    for one in path.iterdir():
        if one.is_dir():
            emptied(one)
            one.rmdir()
        else:
            one.unlink()


def as_parquet(url, output, size=1000000):
    Path(output).parent.mkdir(parents=True, exist_ok=True)
    answer = requests.get(url, stream=True)
    writer = None
    for chunk in pd.read_csv(StringIO(answer.text), chunksize=size):
        table = pa.Table.from_pandas(chunk)
        if writer is None:
            writer = pq.ParquetWriter(output, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()
    return output


def opened(settings):
    try:
        return Session.builder.configs(settings).create()
    except ProgrammingError as error:
        print(f"no session: {error}")
        raise


def uploaded(file, settings, name=None):
    name = name or Path(file).stem.replace("-", "_")
    session = opened(settings)
    there = session.sql(f"SELECT EXISTS (SELECT 1 FROM tables WHERE name = '{name}')").collect()[0][0]
    if there:
        session.sql(f'TRUNCATE TABLE "{name}"').collect()
    try:
        reader = pq.ParquetFile(file)
        for group in range(reader.num_row_groups):
            session.write_pandas(reader.read_row_group(group).to_pandas(), name, auto_create_table=True)
    finally:
        session.close()


def levels(settings, name):
    session = opened(settings)
    table = session.table(name).filter(col("risk") > 0).group_by("zone").agg(avg("risk").alias("risk"))
    table.write.mode("overwrite").save_as_table(f"{name}_levels")
    return [row["ZONE"] for row in table.collect()]


def shown(settings, name):
    session = opened(settings)
    frame = session.table(name).limit(100).to_pandas()
    return frame.describe().to_string()


@click.command()
@click.option("--user", required=True)
@click.option("--account", required=True)
@click.option("--cached", is_flag=True, default=True)
def load(user, account, cached):
    folder = Path("./cache")
    settings = {"user": user, "account": account, "schema": "plans"}
    if folder.exists() and not cached:
        emptied(folder)
    listed = folder / "datasets.json"
    if listed.exists():
        names = json.loads(listed.read_text())
    else:
        names = datasets()
        listed.write_text(json.dumps(names))
    for one in names:
        output = f"./cache/{one}.parquet"
        if not Path(output).exists():
            output = as_parquet(f"https://plans.example.org/{one}.csv", output)
        uploaded(output, settings)


if __name__ == "__main__":
    load()
