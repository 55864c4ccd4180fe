import pandas as pd
from prefect.blocks.core import Block
from prefect_snowflake.database import SnowflakeConnector
from sqlalchemy import create_engine


class SnowTables(Block):
    """Tables of one schema in Snowflake."""

    _block_type_name = "Snow tables"
    _block_schema_capabilities = ["read", "write"]
    connector: SnowflakeConnector

    def _address(self) -> str:
        login = self.connector.credentials
        secret = login.password.get_secret_value()
        role = login.role or "LOADER"
        place = f"{self.connector.database}/{self.connector.schema_}"
        return f"snowflake://{login.user}:{secret}@{login.account}/{place}?role={role}"

    def read(self, query: str) -> pd.DataFrame:
        engine = create_engine(self._address())
        return pd.read_sql(query, engine)

    def write(self, rows: pd.DataFrame, table: str) -> None:
        engine = create_engine(self._address())
        rows.to_sql(table, con=engine, if_exists="replace", index=False)
