from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, field_validator
from shapely.geometry import box


class Paths(BaseModel):
    basins: Path = Path("basins.parquet")
    flows: Path = Path("flows")


class Settings(BaseModel):
    bounds: tuple[float, float, float, float]
    start: str
    end: str
    paths: Paths = Paths()

    @field_validator("bounds")
    @classmethod
    def ordered(cls, value):
        if not box(*value).is_valid:
            raise ValueError("no box")
        return value


def read(path: str) -> Settings:
    return Settings(**yaml.safe_load(Path(path).read_text()))
