"""Keeps frames in PostGIS."""

import re
from contextlib import closing, contextmanager
from io import StringIO
from typing import Any, Dict, Iterator, Optional, Sequence, cast

import geopandas
import pandas
from dagster import ConfigurableIOManager, InputContext, OutputContext
from psycopg2.errors import UndefinedTable
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Connection


@contextmanager
def connected(config) -> Iterator[Connection]:
    url = URL.create(
        "postgresql+psycopg2",
        username=config["user"],
        password=config["password"],
        host=config["host"],
        port=config["port"],
        database=config["database"],
    )
    connection = None
    try:
        connection = create_engine(url).connect()
        yield connection
    finally:
        if connection:
            connection.close()


class Frames(ConfigurableIOManager):
    host: Optional[str] = "localhost"
    port: Optional[int] = 5432
    user: Optional[str] = "postgres"
    password: Optional[str]
    database: Optional[str]
    chunk: Optional[int] = 10000

    @property
    def _config(self) -> Dict[str, Any]:
        return self.dict()

    def _safe(self, *names: str) -> None:
        for name in names:
            if not re.match(r"^[\w\d]+$", name):
                raise ValueError(f"no name: {name}")

    def handle_output(self, context: OutputContext, obj: pandas.DataFrame):
        schema, table = self._place(context.asset_key)
        if isinstance(obj, pandas.DataFrame):
            with connected(config=self._config) as connection:
                if self._is_there(connection, schema, table):
                    self._empty(schema, table, connection)
                else:
                    obj[:0].to_sql(con=connection, name=table, index=True, schema=schema, if_exists="replace")
                lines = StringIO()
                obj.to_csv(lines, sep="\t", na_rep="", header=False)
                lines.seek(0)
                with closing(connection.connection.cursor()) as cursor:
                    cursor.copy_expert(f"COPY {schema}.{table} FROM STDIN WITH (FORMAT csv, DELIMITER '\t')", lines)
                    connection.connection.commit()
                context.add_output_metadata({"rows": len(obj)})
        elif obj is None:
            raise Exception("nothing to keep")

    def load_input(self, context: InputContext) -> geopandas.GeoDataFrame:
        schema, table = self._place(context.asset_key)
        with connected(config=self._config) as connection:
            columns = (context.metadata or {}).get("columns")
            return self._load(connection, table, schema, columns, context)

    def _partition(self, context: OutputContext) -> str:
        name = (context.metadata or {}).get("partition_expr")
        if name is None:
            raise ValueError(f"'{context.asset_key}' has no partition_expr")
        return cast(str, name)

    def _empty(self, schema: str, table: str, connection: Connection):
        try:
            self._safe(schema, table)
            with closing(connection.connection.cursor()) as cursor:
                cursor.execute(f"TRUNCATE TABLE {schema}.{table}")
        except UndefinedTable:
            pass

    def _load(self, connection: Connection, table: str, schema: str, columns: Optional[Sequence[str]], context: InputContext) -> pandas.DataFrame:
        return pandas.read_sql(sql=self._select(table, schema, columns), con=connection)

    def _place(self, key):
        return key.path[-2] if len(key.path) > 1 else "public", key.path[-1]

    def _select(self, table: str, schema: str, columns: Optional[Sequence[str]]):
        columns = columns or []
        self._safe(schema, table, *columns)
        return f"SELECT {', '.join(columns) or '*'} FROM {schema}.{table}"

    def _is_there(self, connection, schema, table):
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = %s AND table_name = %s", (schema, table))
            found = cursor.fetchone()
            return bool(found and found[0] == 1)


class GeoFrames(Frames):
    def handle_output(self, context: OutputContext, obj: geopandas.GeoDataFrame):
        schema, table = self._place(context.asset_key)
        if isinstance(obj, geopandas.GeoDataFrame):
            with connected(config=self._config) as connection:
                if self._is_there(connection, schema, table):
                    self._empty(schema, table, connection)
                obj.to_postgis(con=connection, name=table, index=True, schema=schema, if_exists="append", chunksize=self.chunk)
                connection.connection.commit()
                context.add_output_metadata({"rows": len(obj)})
        else:
            super().handle_output(context, obj)

    def _load(self, connection: Connection, table: str, schema: str, columns: Optional[Sequence[str]], context: InputContext) -> geopandas.GeoDataFrame:
        return geopandas.read_postgis(
            sql=self._select(table, schema, columns),
            geom_col=(context.metadata or {}).get("geom_col", "geometry"),
            con=connection,
        )
