"""A database in memory, and pandas on top of it."""

import pandas as pd
from sqlalchemy import create_engine, text

URL = "sqlite://"


def work():
    engine = create_engine(URL)
    with engine.begin() as connection:
        connection.execute(text("create table t (n integer)"))
        connection.execute(text("insert into t values (4), (6)"))
        return int(pd.read_sql(text("select n from t"), connection)["n"].sum())


def broken():
    with create_engine(URL).begin() as connection:
        return connection.execute(text("select nothing from nowhere"))  # HERE
