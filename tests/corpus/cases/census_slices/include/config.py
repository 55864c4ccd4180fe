import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    key: str = os.environ.get("CENSUS_KEY", "")
    tables: tuple = ("B01001", "B19013")


CONFIG = Config()
