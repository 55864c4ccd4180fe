from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import node, pipeline
from kedro.runner import SequentialRunner
from kedro_datasets.json import JSONDataset
from kedro_datasets.pandas import ExcelDataset, ParquetDataset, SQLTableDataset
from kedro_datasets.polars import LazyPolarsDataset

from datasets import LakeDataset


def cleaned(prices, rates):
    found = prices.merge(rates, on="currency")
    found["price"] = found["price"] * found["rate"]
    return found


def summed(prices):
    return {name: float(group["price"].sum()) for name, group in prices.groupby("shop")}


def catalog():
    return DataCatalog(
        {
            "prices": ParquetDataset(filepath="data/prices.parquet"),
            "rates": ExcelDataset(filepath="data/rates.xlsx"),
            "sums": JSONDataset(filepath="data/sums.json"),
            "cleaned": MemoryDataset(),
        }
    )


def lake_catalog():
    return DataCatalog(
        {
            "prices": LakeDataset("s3://prices/raw.parquet"),
            "table": SQLTableDataset(table_name="prices", credentials={"con": "mysql+pymysql://prices@db/prices"}),
            "lazy": LazyPolarsDataset(filepath="data/lazy.parquet"),
        }
    )


def shops():
    return pipeline([node(cleaned, ["prices", "rates"], "cleaned"), node(summed, "cleaned", "sums")])


def main():
    SequentialRunner().run(shops(), catalog())


if __name__ == "__main__":
    main()
