from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

import xarray as xr


@dataclass(frozen=True)
class Names:
    rain: str
    at: str = "time"


class Loader(ABC):
    def __init__(self, folder: str | Path, mask: str | Path | None = None) -> None:
        self.folder = Path(folder)
        self.mask = Path(mask) if mask else None

    @property
    @abstractmethod
    def names(self) -> Names: ...

    @abstractmethod
    def load(self, between: tuple[str, str] | None = None) -> xr.Dataset: ...

    def renamed(self, ds: xr.Dataset) -> xr.Dataset:
        return ds.rename({self.names.rain: "rain"})
