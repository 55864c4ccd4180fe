import logging
from pathlib import Path
from typing import Dict, List, Optional, Union

import lancedb
import numpy as np
import pandas as pd
import pyarrow as pa
from hamilton.function_modifiers import tag
from lancedb.pydantic import LanceModel

log = logging.getLogger(__name__)
Vector = Union[list, np.ndarray]
Rows = Union[List[Dict], pd.DataFrame, pa.Table]
Schema = Union[pa.Schema, LanceModel]


def client(where: Union[str, Path] = "vectors.lance") -> lancedb.DBConnection:
    return lancedb.connect(where)


def _made(client: lancedb.DBConnection, name: str, schema: Optional[Schema] = None):
    return client.create_table(name=name, schema=schema, mode="overwrite")


@tag(side_effect="True")
def table(client: lancedb.DBConnection, name: str, schema: Optional[Schema] = None) -> lancedb.table.Table:
    try:
        return client.open_table(name)
    except FileNotFoundError:
        log.info("new: %s", name)
        return _made(client, name, schema)


@tag(side_effect="True")
def emptied(client: lancedb.DBConnection) -> Dict[str, List[str]]:
    dropped = []
    for name in client.table_names():
        client.drop_table(name)
        dropped.append(name)
    return {"dropped": dropped}


def size(table: lancedb.table.Table) -> int:
    return table.to_arrow().shape[0]


def added(table: lancedb.table.Table, rows: Rows) -> int:
    before = size(table)
    table.add(rows)
    return size(table) - before


def nearest(table: lancedb.table.Table, query: Vector, where: Optional[str] = None, most: int = 10) -> pd.DataFrame:
    found = table.search(query=query, query_type="vector").where(where, prefilter=True).limit(most)
    return found.to_pandas()


def by_words(table: lancedb.table.Table, words: str, most: int = 10):
    return table.search(query=words, query_type="fts").limit(most).to_list()
