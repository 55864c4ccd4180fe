"""Copies what weather stations measured since the last copy, from Snowflake to Postgres, part by part."""

from datetime import datetime, timezone

import pandas as pd
import sqlalchemy as sa
from dagster import DynamicOut, DynamicOutput, ScheduleDefinition, job, op, repository, resource

TARGET = "postgresql://copier:copier@localhost:5432/stations"
target_engine = sa.create_engine(TARGET, connect_args={"connect_timeout": 8})


@resource
def source_engine(_):
    try:
        return sa.create_engine(
            "snowflake://{user}:{password}@{account}/{database}".format(
                user="copier", password="copier", account="stations.eu-west-1", database="WEATHER"
            )
        )
    except Exception as error:
        print(f"no engine: {error}")
        return None


@op(required_resource_keys={"source_engine"})
def newest_day(context):
    try:
        with target_engine.connect() as connection:
            day = connection.execute(sa.text('SELECT MAX("day") FROM weather.daily')).scalar()
            return day or "1980-01-01"
    except Exception as error:
        print(f"no day: {error}")
        return "1980-01-01"


@op(out=DynamicOut(), required_resource_keys={"source_engine"})
def parts(context, day: str, size: int = 500000):
    engine = context.resources.source_engine
    query = sa.text("SELECT DAY, STATION, RAIN, WARMEST FROM LAB.DAILY WHERE DAY > :day").bindparams(day=str(day))
    with engine.connect() as connection:
        for number, part in enumerate(pd.read_sql(query, connection, chunksize=size)):
            part["copied_at"] = datetime.now(timezone.utc)
            yield DynamicOutput(part, mapping_key=str(number))


@op
def save(context, part: pd.DataFrame):
    part.to_sql(name="daily", con=target_engine, schema="weather", if_exists="append", index=False)
    print(f"{len(part)} rows saved")


@job(resource_defs={"source_engine": source_engine})
def copy_stations():
    day = newest_day()
    parts(day).map(save)


every_other_day = ScheduleDefinition(job=copy_stations, cron_schedule="0 1 */2 * *", execution_timezone="UTC")


@repository
def stations():
    return [copy_stations, every_other_day]
