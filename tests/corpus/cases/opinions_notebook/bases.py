import os

import pandas as pd
from sqlalchemy import create_engine, text

ADDRESS = "postgresql://reader:{}@localhost:5432/said"


def engine():
    return create_engine(ADDRESS.format(os.environ["SAID_WORD"]))


def read_said():
    with engine().connect() as connection:
        return pd.read_sql(text("SELECT * FROM said JOIN prices USING (day)"), connection)


def keep_moods(rows):
    rows.to_sql("moods", engine(), if_exists="append", index=False)
