import pandas as pd
from dagster import ConfigurableIOManager, InputContext, OutputContext
from upath import UPath

from usages.helpers import table_of
from usages.models import KINDS, schemas


class PartedParquets(ConfigurableIOManager):
    folder: str

    def handle_output(self, context: OutputContext, obj: pd.DataFrame):
        path = self._path(context)
        if "://" not in self.folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(obj, pd.DataFrame):
            raise TypeError(f"{type(obj)} is no frame")
        table = table_of(context)
        if table not in schemas:
            raise KeyError(table)
        schema = schemas[table]
        kinds = {field.name: KINDS[field.type] for field in schema}
        for column, kind in kinds.items():
            if column not in obj.columns:
                obj[column] = pd.Series(dtype=kind)
        obj = obj.assign(
            **{c: pd.to_datetime(obj[c]).dt.tz_localize(None) for c in obj.columns if kinds.get(c) == "datetime64[s]"}
        )
        obj.astype(kinds).to_parquet(path=str(path), index=False, schema=schema)
        context.add_output_metadata({"rows": len(obj), "path": str(path)})

    def load_input(self, context) -> pd.DataFrame | str:
        return pd.read_parquet(str(self._path(context)))

    def _path(self, context: InputContext | OutputContext) -> UPath:
        key = context.asset_key.path[-1]
        if context.has_asset_partitions:
            start, end = context.asset_partitions_time_window
            return UPath(self.folder) / key / f"{start:%Y-%m-%d}--{end:%Y-%m-%d}.parquet"
        return UPath(self.folder) / f"{key}.parquet"
