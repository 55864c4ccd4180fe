"""Keeps frames as Parquet, here or elsewhere."""

import os
import re
import sys
import tempfile

import dagster as dg
import pandas as pd


class Parquets(dg.ConfigurableIOManager):
    @property
    def _base(self) -> str:
        raise NotImplementedError()

    def handle_output(self, context: dg.OutputContext, frame: pd.DataFrame) -> None:
        path: str = self._path(context.asset_key, context.asset_partitions_time_window)
        if "://" not in self._base:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            frame.to_parquet(path=path, index=False)
        except FileExistsError:
            context.log.info(f"{path} is there")
        context.add_output_metadata({"rows": len(frame), "path": path})

    def load_input(self, context: dg.InputContext) -> pd.DataFrame:
        return pd.read_parquet(self._path(context.asset_key, context.asset_partitions_time_window))

    def _path(self, key: dg.AssetKey, window: dg.TimeWindow | None = None) -> str:
        name = key.path[-1]
        if window is None:
            return os.path.join(self._base, f"{name}.pq")
        match: re.Match | None = re.match(r"^meters_(\d+min)_\w+$", name)
        return os.path.join(self._base, f"{window.start:%Y/%m}", f"{match.group(1) if match else name}.parquet")


class LocalParquets(Parquets):
    base: str = tempfile.gettempdir() if sys.platform == "win32" else "/tmp"

    @property
    def _base(self) -> str:
        return self.base


class S3Parquets(Parquets):
    bucket: str

    @property
    def _base(self) -> str:
        return f"s3://{self.bucket}"


class HubParquets(Parquets):
    token: str
    data: str

    def setup_for_execution(self, _: dg.InitResourceContext) -> None:
        os.environ["HF_TOKEN"] = self.token

    @property
    def _base(self) -> str:
        return f"hf://datasets/{self.data}"
