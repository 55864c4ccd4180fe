import time
from datetime import datetime

import luigi
import pandas as pd
import requests
from bs4 import BeautifulSoup as soup
from helper.checks import checked
from helper.db import source_engine, store_engine
from pangres import upsert

SHEET = "https://docs.example.org/spreadsheets/edit?gid=7#gid=7"
NEWS = "https://news.example.org/technology"


class SalesRaw(luigi.Task):
    def requires(self):
        pass

    def output(self):
        return luigi.LocalTarget("data/raw/sales.csv")

    def run(self):
        pd.read_sql("select * from sales", source_engine()).to_csv(self.output().path, index=False)


class ProductsRaw(luigi.Task):
    def output(self):
        return luigi.LocalTarget("data/raw/products.csv")

    def run(self):
        frame = pd.read_csv(SHEET.replace("edit?gid=7#", "export?format=csv&"))
        frame.to_csv(self.output().path, index=False)


class NewsRaw(luigi.Task):
    pages = luigi.IntParameter(default=15)

    def output(self):
        return luigi.LocalTarget("data/raw/news.csv")

    def run(self):
        rows = []
        for page in range(1, self.pages):
            try:
                answer = requests.get(NEWS, params={"page": page})
                for article in soup(answer.content, "html.parser").find_all("div", class_="text"):
                    title = article.find("h2")
                    rows.append({"title": title.text.strip(), "link": title.find("a").get("href"), "at": datetime.now()})
                    time.sleep(0.2)
            except Exception as fault:
                print(f"page {page}: {fault}")
        pd.DataFrame(rows).to_csv(self.output().path, index=False)


class Checks(luigi.Task):
    def requires(self):
        return [SalesRaw(), ProductsRaw(), NewsRaw()]

    def run(self):
        for target, name in zip(self.input(), ("sales", "products", "news")):
            checked(data=pd.read_csv(target.path), name=name)


class Sales(luigi.Task):
    def requires(self):
        return SalesRaw()

    def output(self):
        return luigi.LocalTarget("data/clean/sales.csv")

    def run(self):
        frame = pd.read_csv(self.input().path).drop("Unnamed: 0", axis=1).drop_duplicates()

        def as_number(column):
            return pd.to_numeric(column.str.replace(r"[^0-9.]", "", regex=True), errors="coerce")

        for name in ("price", "rating"):
            frame[name] = as_number(frame[name])
        frame.to_csv(self.output().path, index=False)


class Load(luigi.Task):
    def requires(self):
        return [Sales(), NewsRaw()]

    def run(self):
        engine = store_engine()
        for target, name in zip(self.input(), ("sales", "news")):
            frame = pd.read_csv(target.path)
            frame.insert(0, "number", range(len(frame)))
            upsert(con=engine, df=frame.set_index("number"), table_name=name, if_row_exists="update", create_table=True)


if __name__ == "__main__":
    luigi.build([Checks(), Load()], local_scheduler=True)
