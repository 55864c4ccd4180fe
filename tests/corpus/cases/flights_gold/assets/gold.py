import pandas as pd
from dagster import asset
from dagster_snowflake import SnowflakeResource
from snowflake.connector.pandas_tools import write_pandas

VIEWS = [
    "CREATE OR REPLACE VIEW by_day AS SELECT DATE(seen) AS day, COUNT(*) AS count FROM FLIGHTS GROUP BY 1",
    "CREATE OR REPLACE VIEW by_country AS SELECT country, COUNT(*) AS count FROM FLIGHTS GROUP BY 1",
]


@asset
def gold_flights(context, silver_flights: pd.DataFrame, snowflake: SnowflakeResource):
    if silver_flights.empty:
        context.log.info("nothing new")
        return
    with snowflake.get_connection() as connection:
        cursor = connection.cursor()
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {snowflake.schema}")
        done, _, rows, _ = write_pandas(
            connection, silver_flights, table_name="FLIGHTS", schema=snowflake.schema, auto_create_table=True
        )
        if not done:
            raise RuntimeError("Snowflake took nothing")
        context.log.info(f"{rows} rows")
        make_views(context, cursor)


def make_views(context, cursor):
    for view in VIEWS:
        try:
            cursor.execute(view)
            context.log.info(view.split()[4])
        except Exception as error:
            context.log.error(error)
