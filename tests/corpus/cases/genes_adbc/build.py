import sqlite3

import polars as pl

KEPT = ["model", "gene", "effect", "share"]
STORE = "sqlite:///store/genes.db"


def values_of(frame, column):
    return frame[column].to_list()


def mutations():
    frame = pl.read_csv("store/mutations.csv")
    return frame.filter(pl.col("effect") != "intronic").select(KEPT)


def panel(path):
    return pl.read_excel(path, sheet_name="panel")


def put(frame, table):
    frame.write_database(table, STORE, if_table_exists="replace", engine="adbc")


def genes_of(frame):
    return pl.DataFrame({"gene": [one for one in values_of(frame, "gene")]})


def tune():
    connection = sqlite3.connect("store/genes.db")
    connection.execute("pragma synchronous = off")
    connection.execute("create index ix_gene on genes(gene)")
    connection.close()


def back(query):
    return pl.read_database_uri(query, STORE)


def main():
    frame = mutations().join(panel("store/panel.xlsx"), on="gene")
    put(frame, "mutations")
    put(genes_of(frame), "genes")
    tune()
    back("select * from genes").write_excel("genes.xlsx")


if __name__ == "__main__":
    main()
