import os

import clickhouse_connect
from dotenv import load_dotenv
from sqlalchemy import create_engine

load_dotenv(override=True)


def get_client():
    return clickhouse_connect.get_client(host=os.getenv("house"), password=os.getenv("house_password"), secure=True)


def get_engine():
    url = "postgresql+psycopg2://{user}:{password}@{host}/{name}".format(
        user=os.getenv("pg_user"),
        password=os.getenv("pg_password"),
        host=os.getenv("pg_host"),
        name=os.getenv("pg_name"),
    )
    return create_engine(url)
