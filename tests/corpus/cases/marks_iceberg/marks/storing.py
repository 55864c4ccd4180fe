import dagster as dg
import pandas as pd
import pyarrow as pa
from pydantic import Field
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import NoSuchTableError


def _clean(text: str) -> str:
    return text.replace("[", "--").replace("]", "--").replace(" ", "_")


class Tables(dg.ConfigurableIOManager):
    name: str = Field(default="default")
    namespace: str = Field(description="marks")
    properties: dict = Field(default_factory=dict)

    def _table(self, context) -> str:
        parts = list(context.asset_key.path)
        if context.has_asset_partitions:
            parts.append(context.asset_partition_key)
        return "_".join(_clean(str(one)) for one in parts)

    def handle_output(self, context, obj) -> None:
        if not isinstance(obj, pd.DataFrame):
            raise TypeError(f"no frame: {type(obj)}")
        catalog = load_catalog(self.name, **self.properties)
        table = pa.Table.from_pandas(obj)
        name = f"{self.namespace}.{self._table(context)}"
        try:
            there = catalog.load_table(name)
        except NoSuchTableError:
            there = catalog.create_table(name, schema=table.schema)
        there.overwrite(table)
        context.add_output_metadata({"rows": dg.MetadataValue.int(len(obj))})

    def load_input(self, context):
        catalog = load_catalog(self.name, **self.properties)
        return catalog.load_table(f"{self.namespace}.{self._table(context.upstream_output)}").scan().to_pandas()


class Archive(dg.ConfigurableResource):
    uri: str = "sqlite:////data/catalog.db"

    def latest(self, table: str):
        catalog = load_catalog("archive", type="sql", uri="sqlite:////data/catalog.db", warehouse="file:///data")
        return catalog.load_table(table).scan(limit=1000).to_arrow()

    def counted(self, table: str):
        catalog = load_catalog("archive", type="sql", uri="sqlite:////data/catalog.db", warehouse="file:///data")
        return catalog.load_table(table).scan().to_duckdb("marks").execute("SELECT count(*) FROM marks").fetchone()
