"""Power of roofs."""

import io
import logging
from datetime import datetime
from pathlib import Path
from typing import Optional, Union

import fsspec
import numpy as np
import pandas as pd
import xarray as xr
from torch.utils.data import IterDataPipe, functional_datapipe

from pipes.model import Roofs

log = logging.getLogger(__name__)


@functional_datapipe("open_roofs")
class OpenRoofs(IterDataPipe):
    def __init__(self, roofs: Roofs):
        super().__init__()
        self.powers = [one.power for one in roofs.groups]
        self.tables = [one.metadata for one in roofs.groups]
        self.start, self.end = roofs.start, roofs.end

    def __iter__(self):
        found = [everything(power, table, self.start, self.end) for power, table in zip(self.powers, self.tables)]
        whole = xr.concat(found, dim="roof")
        while True:
            yield whole


def everything(power, table, start: Optional[datetime] = None, end: Optional[datetime] = None) -> xr.DataArray:
    about = metadata(table)
    rows, most = generation(power, start, end)
    common = list(np.intersect1d(about.index, rows.columns))
    return as_array(rows[common], most.loc[common], about.loc[common])


def as_array(rows, most, about):
    made = xr.DataArray(data=rows.values, coords=(("time", rows.index.values), ("roof", rows.columns)), name="power")
    return made.assign_coords(most=("roof", most), latitude=("roof", about.latitude))


def generation(path: Union[str, Path], start=None, end=None) -> tuple[pd.DataFrame, pd.Series]:
    log.info("reading %s", path)
    if ".parquet" in str(path):
        raw = pd.read_parquet(path, engine="fastparquet")
        rows = raw.pivot(index="time", columns="roof", values="power")
    else:
        with fsspec.open(path, mode="rb") as file:
            content = file.read()
        with io.BytesIO(content) as file:
            rows = xr.load_dataset(file, engine="h5netcdf").to_dataframe()
    rows = rows.astype(np.float32)
    most = rows.quantile(0.99)
    assert np.isfinite(most).all()
    return rows.loc[slice(start, end)], most


def metadata(path: str) -> pd.DataFrame:
    about = pd.read_csv(path, index_col="roof")
    about["tilt"] = about.get("tilt", np.nan)
    return about


def sums(rows: pd.DataFrame) -> dict:
    return {str(name): float(value) for name, value in rows.sum().items()}
