import textwrap

import sqlalchemy
from airflow.models import Variable
from sqlalchemy import create_engine
from sqlalchemy.schema import CreateSchema

from dags.shared import frames


def settings():
    return {key: Variable.get(key) for key in ("PGHOST", "PGUSER", "PGPASSWORD", "PGDATABASE")}


def engine():
    s = settings()
    return create_engine(f"postgresql://{s['PGUSER']}:{s['PGPASSWORD']}@{s['PGHOST']}/{s['PGDATABASE']}")


class Cursor:
    def __init__(self):
        self.cursor = None
        self.connection = None

    def __enter__(self):
        import psycopg2

        self.connection = psycopg2.connect(host=Variable.get("PGHOST"), user=Variable.get("PGUSER"))
        self.cursor = self.connection.cursor()
        return self.cursor, self.connection

    def __exit__(self, *_):
        if self.cursor:
            self.cursor.close()
        if self.connection:
            self.connection.close()


def store(name, frame, ddl):
    from psycopg2 import sql

    with Cursor() as (cursor, connection):
        cursor.execute(sql.SQL(textwrap.dedent(ddl)).format(table=sql.Identifier(name)))
        cursor.copy_from(frames.as_buffer(frame), name, sep=",")
        connection.commit()


def query(text):
    import pandas as pd

    with Cursor() as (_, connection):
        return pd.read_sql_query(text, connection)


def make_schema(name):
    with engine().connect() as connection:
        connection.execute(CreateSchema(name))


@sqlalchemy.event.listens_for(sqlalchemy.Table, "before_create")
def schema_first(target, connection, **_):
    connection.execute(CreateSchema(target.schema))
