import os

import pandas as pd
import snowflake.connector
from dotenv import load_dotenv
from snowflake.connector.pandas_tools import write_pandas


class Store:
    connection = None
    made = []

    def __init__(self, file):
        load_dotenv()
        self.file = file
        self.login = {name.lower(): os.getenv(f"SNOWFLAKE_{name}") for name in ("USER", "PASSWORD", "ACCOUNT")}

    def extract(self):
        return pd.read_excel(self.file, sheet_name="Orders")

    def split(self, rows):
        buyers = rows[["Buyer", "Segment"]].drop_duplicates().rename(columns={"Buyer": "buyer"})
        places = rows[["City", "Country"]].drop_duplicates().reset_index().rename(columns={"index": "place"})
        sales = rows[["Day", "Sales", "Buyer", "City", "Country"]].merge(places, on=["City", "Country"], how="left")
        return buyers, places, sales.drop(columns=["City", "Country"])

    def connect(self):
        if self.connection is None:
            self.connection = snowflake.connector.connect(**self.login)

    def create(self):
        self.connect()
        cursor = self.connection.cursor()
        cursor.execute("CREATE TABLE IF NOT EXISTS buyers (buyer INT, segment STRING)")
        cursor.close()
        self.close()

    def load(self, frames):
        self.connect()
        for name, frame in frames.items():
            write_pandas(self.connection, frame, name.upper())
            self.made.append(name)
        self.close()

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def main():
    store = Store("orders.xlsx")
    buyers, places, sales = store.split(store.extract())
    store.create()
    store.load({"buyers": buyers, "places": places, "sales": sales})


if __name__ == "__main__":
    main()
