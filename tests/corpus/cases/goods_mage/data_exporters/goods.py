from os import path

from mage_ai.io.bigquery import BigQuery
from mage_ai.io.config import ConfigFileLoader
from mage_ai.io.google_cloud_storage import GoogleCloudStorage
from mage_ai.io.snowflake import Snowflake
from mage_ai.settings.repo import get_repo_path
from pandas import DataFrame

if "data_exporter" not in globals():
    from mage_ai.data_preparation.decorators import data_exporter


def settings():
    return ConfigFileLoader(path.join(get_repo_path(), "io_config.yaml"), "default")


@data_exporter
def export_goods(table: DataFrame, **kwargs):
    with Snowflake.with_config(settings()) as loader:
        loader.export(table, "GOODS", "SHOP", "PUBLIC", if_exists="replace")


@data_exporter
def export_lake(table, **kwargs):
    GoogleCloudStorage.with_config(settings()).export(table, "shop-lake", "goods.parquet")


@data_exporter
def export_marts(tables, *args, **kwargs):
    for name, table in tables.items():
        BigQuery.with_config(settings()).export(DataFrame(table), f"shop.marts.{name}", if_exists="replace")
