from typing import Any

import awswrangler as wr
import fsspec
import numpy as np
import pandas as pd
import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import get_protocol_and_path


class PolarsDataset(AbstractDataset):
    def __init__(self, filepath: str, load_args: dict | None = None, save_args: dict | None = None):
        self._filepath = filepath
        self._load_args = load_args or {}
        self._save_args = save_args or {}

    def _load(self) -> pl.DataFrame:
        return pl.read_parquet(self._filepath, **self._fitting())

    def _save(self, data: pl.DataFrame) -> None:
        data.write_parquet(self._filepath, **self._save_args)

    def _describe(self) -> dict:
        return {"filepath": self._filepath}

    def _fitting(self) -> dict:
        return {key: value for key, value in self._load_args.items() if key == "columns"}


class EitherDataset(AbstractDataset):
    def __init__(self, filepath: str, library: str = "pandas"):
        self._filepath = filepath
        self._library = library

    def _load(self):
        if self._library == "pandas":
            return pd.read_csv(self._filepath)
        return pl.read_csv(self._filepath)

    def _save(self, data):
        if self._library == "pandas":
            data.to_csv(self._filepath)
        else:
            data.write_csv(self._filepath)

    def _describe(self) -> dict:
        return {"filepath": self._filepath, "library": self._library}


class LakeDataset(AbstractDataset[pd.DataFrame, pd.DataFrame]):
    def __init__(self, filepath: str, save_args: dict[str, Any] | None = None):
        self._protocol, _ = get_protocol_and_path(filepath)
        self._filepath = filepath
        self._fs = fsspec.filesystem(self._protocol)
        self._save_args = save_args or {}

    def load(self) -> pd.DataFrame:
        frame = wr.s3.read_parquet(path=self._filepath)
        numbers = frame.select_dtypes(include=["float64"]).columns
        frame[numbers] = frame[numbers].astype(np.int64)
        return frame

    def save(self, data: pd.DataFrame) -> None:
        wr.s3.to_parquet(df=data, path=self._filepath, **self._save_args)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "protocol": self._protocol}
