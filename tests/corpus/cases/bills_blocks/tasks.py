import uuid
from datetime import datetime, timezone

from pandas import DataFrame, concat, read_sql
from prefect import get_run_logger, task
from prefect.blocks.system import Secret
from sqlalchemy import create_engine

from score.scoring import SHARES, ranked, turned
from score.statements import QUERIES, days


@task(name="bills")
def bills_of(kind):
    logger = get_run_logger()
    try:
        connection = create_engine(Secret.load("store").get()).connect()
        span = days(kind)
        table = read_sql(sql=QUERIES["bills"].format(*span), con=connection)
        logger.info(f"{table.shape}")
        return table, span[0]
    except Exception as error:
        logger.error(str(error))
        raise ValueError from error
    finally:
        connection.close()


@task
def board(window, start):
    table = DataFrame(data={"kind": [1, 2, 3]})
    numbers = [uuid.uuid4() for _ in range(len(table.index))]
    table["id"] = numbers
    table["window"] = window
    table["start"] = start
    table["made"] = datetime.now(timezone.utc)
    get_run_logger().info(table.head())
    return table, numbers


@task
def people(table, numbers):
    table["share"] = table.apply(lambda row: SHARES[row["home"].lower()] / row["members"], axis=1)
    parts = []
    for number, kind in zip(numbers, ("power", "water", "gas")):
        table[f"turned_{kind}"] = turned(table["share"] * table[kind])
        part = table[["person", f"turned_{kind}"]].copy().rename(columns={f"turned_{kind}": "usage"})
        parts.append(ranked(part, number))
    return concat(parts)


@task
def put(table, name):
    connection = create_engine(Secret.load("store").get()).connect()
    rows = table.to_sql(name=name, con=connection, schema="public", if_exists="append", index=False)
    get_run_logger().info(f"{rows} rows in {name}")
