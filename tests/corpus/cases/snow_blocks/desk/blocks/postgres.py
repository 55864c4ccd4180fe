from typing import Optional

import pandas as pd
from prefect.blocks.core import Block
from prefect.logging import get_run_logger
from pydantic import SecretStr
from sqlalchemy import create_engine
from sqlalchemy.engine import URL


class PostgresTables(Block):
    host: str = "localhost"
    port: int = 5432
    user: str = "etl"
    password: Optional[SecretStr] = None
    database: str = "shop"

    def engine(self):
        address = URL.create(
            "postgresql+psycopg2",
            username=self.user,
            password=self.password.get_secret_value() if self.password else None,
            host=self.host,
            port=self.port,
            database=self.database,
        )
        return create_engine(address, pool_pre_ping=True)

    def write(self, rows, table):
        get_run_logger().info("%d rows into %s", len(rows), table)
        rows.to_sql(table, con=self.engine(), if_exists="append", method="multi")

    def table(self, name):
        return pd.read_sql_table(name, con=self.engine())
