import os
import sqlite3
import zipfile
from functools import reduce
from pathlib import Path
from typing import Annotated, Dict, List, Optional, Union

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

Table = pd.DataFrame
Numbers = npt.NDArray[np.float64]
DATABASE = os.getenv("BOOKS_DB", "mssql+pyodbc://reader@books/main")
READERS = {".csv": pd.read_csv, ".xlsx": pd.read_excel, ".parquet": pd.read_parquet}


def read_any(path: Path) -> Table:
    return READERS[path.suffix](path)


def read_old(path) -> Table:
    return pd.read_excel(path, engine="xlrd")


def read_binary(path) -> Table:
    return pd.read_excel(path, engine="pyxlsb")


def read_stata(path: str, columns: Optional[List[str]] = None) -> Table:
    return pd.read_stata(path, columns=columns)


def read_spss(path):
    return pd.read_spss(path)


def read_robust(path):
    try:
        return pd.read_excel(path, engine="openpyxl")
    except (zipfile.BadZipFile, ValueError):
        return pd.read_html(path, flavor="bs4")[0]


def to_store(frames: Dict[str, Table], path: str) -> None:
    with pd.HDFStore(path) as store:
        for name, frame in frames.items():
            store.put(name, frame)


def feather(frame: Table, path: str) -> None:
    frame.to_feather(path)


def arrow(frame: Table) -> "pa.Table":
    return pa.Table.from_pandas(frame)


def merged(frames: List[Table]) -> Table:
    return reduce(lambda left, right: left.merge(right, on="id"), frames)


def scaled(values: Numbers, by: float = 1.0) -> Numbers:
    return (values - values.mean()) * by


def pick(row: Annotated[pd.Series, "one book"], names: tuple) -> dict:
    return {name: row[name] for name in names}


def local(path):
    with sqlite3.connect(path) as connection:
        return pd.read_sql("select * from books", connection)


def remote(query: str, url: str = DATABASE):
    return pd.read_sql(sa.text(query), sa.create_engine(url))


def xml(path):
    return pd.read_xml(path)


def clip(frame: Table) -> None:
    frame.to_latex("books.tex", float_format="%.1f")


def bars(frame: Table):
    return frame.plot.bar(backend="plotly")


def widest(frames: "list[pd.DataFrame | None]") -> int:
    return max(frame.shape[1] for frame in frames if frame is not None)


def size(path: Union[str, Path]) -> int:
    return Path(path).stat().st_size


def query(frame: Table, limit: int) -> Table:
    return frame.query("pages > @limit", engine="numexpr")


def rolled(frame: Table) -> Table:
    return frame.rolling(7).apply(np.sum, raw=True, engine="numba")
