import pandas as pd
from sqlalchemy import text


def load_table(path, table, engine, schema):
    frame = pd.read_csv(path)
    frame.to_sql(table, con=engine, if_exists="replace", index=False, schema=schema)
    print(f"{len(frame)} rows")


def settle(engine, name):
    with engine.begin() as connection:
        connection.execute(text(f"call {name}()"))
