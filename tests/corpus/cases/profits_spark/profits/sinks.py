from contextlib import contextmanager

import psycopg2
from psycopg2.extras import execute_values

from profits.settings import settings


@contextmanager
def store():
    connection = psycopg2.connect(host=settings.host, dbname=settings.name)
    try:
        yield connection
    finally:
        connection.close()


def put(rows):
    with store() as connection, connection.cursor() as cursor:
        execute_values(cursor, "insert into trips values %s", rows)
        connection.commit()
