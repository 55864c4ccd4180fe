import pandas as pd
import psycopg
import yaml
from psycopg import sql


class Postgres:
    def __init__(self, host=None, password=None):
        if host is None:
            with open("config.yaml", encoding="utf-8") as file:
                said = (yaml.safe_load(file) or {}).get("postgres", {})
            host, password = said.get("host", "localhost"), said.get("password")
        self.conn = psycopg.connect(host=host, password=password)
        self.conn.autocommit = True

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.close()

    def close(self):
        if not self.conn.closed:
            self.conn.close()

    def frame(self, text, given=None):
        with self.conn.cursor() as cursor:
            cursor.execute(text, given or ())
            return pd.DataFrame(cursor.fetchall(), columns=[one.name for one in cursor.description])

    def select(self, table, columns=None, schema=None):
        def named(*parts):
            return sql.SQL(".").join(sql.Identifier(one) for one in parts if one)

        wanted = sql.SQL(", ").join(named(one) for one in columns) if columns else sql.SQL("*")
        return self.frame(sql.SQL("select {} from {}").format(wanted, named(schema, table)))

    def insert(self, frame, table):
        marks = sql.SQL(", ").join(sql.Placeholder() * len(frame.columns))
        with self.conn.cursor() as cursor:
            cursor.executemany(
                sql.SQL("insert into {} values ({})").format(sql.Identifier(table), marks),
                list(frame.itertuples(index=False)),
            )
