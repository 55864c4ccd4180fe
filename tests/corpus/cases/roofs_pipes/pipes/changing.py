"""What is done to what comes by."""

import logging
from typing import Callable, Optional, Union

import numpy as np
import pandas as pd
import pvlib
import xarray as xr
from torch.utils.data import IterDataPipe, functional_datapipe

from pipes.geo import to_lonlat, to_osgb

log = logging.getLogger(__name__)


@functional_datapipe("to_osgb")
class ToOsgb(IterDataPipe):
    def __init__(self, source: IterDataPipe):
        self.source = source

    def __iter__(self) -> Union[xr.DataArray, xr.Dataset]:
        for field in self.source:
            field["x"], field["y"] = to_osgb(longitude=field["longitude"], latitude=field["latitude"])
            yield field


@functional_datapipe("normalize")
class Normalize(IterDataPipe):
    def __init__(self, source: IterDataPipe, mean: Optional[np.ndarray] = None, change: Optional[Callable] = None):
        self.source = source
        self.mean = mean
        self.change = change

    def __iter__(self):
        for field in self.source:
            if self.mean is not None:
                yield field - self.mean
            else:
                yield self.change(field)


def sun_at(latitude, longitude, times):
    if not np.isfinite([latitude, longitude]).all():
        return np.full(len(times), np.nan), np.full(len(times), np.nan)
    told = pvlib.solarposition.get_solarposition(time=times, latitude=latitude, longitude=longitude)
    return told["azimuth"], told["elevation"]


@functional_datapipe("add_sun")
class AddSun(IterDataPipe):
    def __init__(self, source: IterDataPipe, name: str):
        self.source = source
        self.name = name

    def __iter__(self):
        for batch in self.source:
            times = pd.to_datetime(batch["time"], unit="s")
            longitude, latitude = to_lonlat(batch["x"], batch["y"])
            batch["azimuth"], batch["elevation"] = sun_at(latitude, longitude, times)
            yield batch
