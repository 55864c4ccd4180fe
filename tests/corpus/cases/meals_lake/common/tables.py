import pandas as pd
import trino
from prefect import get_run_logger, task
from prefect.blocks.system import Secret


class Tables:
    def __init__(self, host="trino", catalog="iceberg", schema="life"):
        self.connection = trino.dbapi.connect(
            host=host,
            user="loader",
            catalog=catalog,
            schema=schema,
            auth=trino.auth.BasicAuthentication("loader", Secret.load("trino").get()),
        )

    def run(self, sql, values=None):
        cursor = self.connection.cursor()
        cursor.execute(sql, values)
        return cursor.fetchall()

    def frame(self, sql):
        cursor = self.connection.cursor()
        cursor.execute(sql)
        return pd.DataFrame(cursor.fetchall(), columns=[one[0] for one in cursor.description])

    def insert(self, table, frame):
        marks = ", ".join("?" for _ in frame.columns)
        cursor = self.connection.cursor()
        cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", frame.values.tolist())

    def close(self):
        self.connection.close()


@task
def compact(table: str) -> int:
    logger = get_run_logger()
    tables = Tables()
    tables.run(f"ALTER TABLE {table} EXECUTE optimize")
    rows = tables.run(f'SELECT count(*) FROM "{table}$files"')
    tables.close()
    logger.info("%s files", rows[0][0])
    return rows[0][0]
