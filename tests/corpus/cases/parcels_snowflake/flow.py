"""Loads what the depots have counted since the last load into Snowflake, each hour."""

import asyncio
import json
from datetime import date
from datetime import datetime as dt
from datetime import timedelta
from typing import List

import aiohttp
import pytz
from pandas import DataFrame, json_normalize
from prefect import flow, task
from prefect.blocks.system import Secret
from prefect.logging import get_run_logger
from prefect_snowflake.database import SnowflakeConnector
from snowflake.connector.errors import ProgrammingError
from snowflake.connector.pandas_tools import write_pandas

counts = []


@task(name="When was the last load?")
def last_load(table: str) -> dt:
    log = get_run_logger()
    block = SnowflakeConnector.load("depot-raw")
    with block.get_connection() as connection:
        with connection.cursor() as cursor:
            try:
                newest = cursor.execute(f"SELECT MAX(LOADED_AT) FROM {table}").fetchone()[0]
            except ProgrammingError as error:
                if "does not exist" in str(error):
                    log.info(error)
                    newest = "2024-02-01T00:00:00.000000Z"
                else:
                    log.error(f"Snowflake says: {error}")
                    raise
            else:
                log.info(f"newest row: {newest}")
    return dt.strptime(newest, "%Y-%m-%dT%H:%M:%S.%fZ")


@flow(name="All depots")
async def ask_depots(depots: List[int], endpoint, headers, starts: List) -> str:
    log = get_run_logger()
    async with aiohttp.ClientSession() as session:
        asked = []
        for depot in depots:
            for start in starts:
                asked.append(
                    asyncio.ensure_future(
                        session.get(url=endpoint, headers=headers, params={"from": start, "depot": depot})
                    )
                )
        zone = pytz.timezone("Europe/Lisbon")
        moment = dt.strftime(dt.now(tz=zone), "%Y-%m-%dT%H:%M:%S.%fZ")
        for answer in await asyncio.gather(*asked, return_exceptions=True):
            if answer.status == 200:
                counts.extend(await answer.json())
            else:
                log.error(f"{answer.status}: {answer}")
        return moment


@flow(name="Counts of the depots", retries=3, retry_delay_seconds=120)
def extract(start: dt, depots: List[int]) -> DataFrame:
    log = get_run_logger()
    access = json.loads(Secret.load("depot-access").get())
    headers = {"user": access["user"], "code": access["code"]}

    starts = []
    day = (start + timedelta(days=1)).date()
    while day <= date.today():
        starts.append(day.strftime("%Y-%m-%d") + "T00:00:00.000000Z")
        day = day + timedelta(days=1)
    starts.append(dt.strftime(start + timedelta(seconds=1), "%Y-%m-%dT%H:%M:%S.%fZ"))

    moment = asyncio.run(ask_depots(depots, access["endpoint"], headers, starts))
    if counts:
        frame = json_normalize(counts)
        frame["LOADED_AT"] = moment
        log.info(f"{len(frame)} rows")
        return frame
    log.info("nothing new")


@task(name="Into Snowflake")
def load(frame: DataFrame, table: str, columns: str) -> tuple[bool, int]:
    log = get_run_logger()
    block = SnowflakeConnector.load("depot-raw")
    statement = f"CREATE TABLE IF NOT EXISTS {table} ({columns})"
    with block.get_connection() as connection:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        done, _, rows, _ = write_pandas(
            conn=connection, df=frame, table_name=table, database=block.database, schema=block.schema_
        )
        log.info(f"{done}: {rows} rows")
    return done, rows


@flow(name="Depots to Snowflake", retries=1)
def depots_to_snowflake(depots: List[int]) -> None:
    table = "DEPOT_COUNTS"
    start = last_load(table)
    frame = extract(start, depots)
    if isinstance(frame, DataFrame):
        frame.columns = [column.replace(".", "_").upper() for column in frame.columns]
        columns = ", ".join(f"{column} STRING" for column in frame.columns)
        load(frame, table, columns)


if __name__ == "__main__":
    depots_to_snowflake(depots=[11, 12, 40])
