"""SQL Server."""

from contextlib import contextmanager
from textwrap import dedent
from typing import List

import pyodbc
from dagster import OpExecutionContext, resource

from resources.base import BaseResource


class SqlServer(BaseResource):
    def __init__(self, name="sql_server"):
        self.name = name
        self.client = self.get_client()

    def get_client(self) -> pyodbc.Connection:
        connection = super().get_connection(self.name)
        told = [f"SERVER={connection.host}", "DRIVER={ODBC Driver 17 for SQL Server}"]
        told.extend([f"UID={connection.login}", f"PWD={connection.password}"])
        for key, value in connection.more.items():
            told.append(f"{str(key).upper()}={value}")
        return pyodbc.connect(";".join(told), autocommit=True)

    def tables(self, context: OpExecutionContext, schema: str = None) -> List[str]:
        cursor = self.execute(context, "select table_name from information_schema.tables where table_schema = ?", schema)
        return [row.table_name for row in cursor.fetchall()]

    def execute(self, context: OpExecutionContext, sql: str, *params):
        context.log.debug(f"{dedent(sql)} with {params}")
        return self.client.execute(sql, *params)


@resource(config_schema={"name": str})
@contextmanager
def sql_server(init_context):
    made = SqlServer(name=init_context.resource_config["name"])
    try:
        yield made
    finally:
        made.client.close()
