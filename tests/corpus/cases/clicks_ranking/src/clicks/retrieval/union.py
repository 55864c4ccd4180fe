from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl


def literal(path: Path) -> str:
    return str(path).replace("'", "''")


def configured(connection: duckdb.DuckDBPyConnection, threads: int) -> None:
    connection.execute(f"SET threads = {threads}")


def covisits(connection, folder: Path, count: int) -> None:
    for kind in ("time", "type", "buy"):
        connection.execute(f"INSERT INTO found SELECT * FROM read_parquet('{literal(folder / kind)}.parquet') LIMIT {count}")


def neighbours(connection: Any, vectors: Any, index: Any, count: int) -> None:
    sessions = connection.execute("SELECT session, aid FROM items").pl()
    known = sessions.filter(pl.col("aid").cast(pl.String).is_in(list(vectors.key_to_index)))
    wanted = np.vstack([vectors[str(aid)] for aid in known["aid"]]).astype("float32")
    distances, found = index.search(wanted, count)
    frame = pl.DataFrame({"session": known["session"], "found": found.tolist(), "score": distances.tolist()})
    connection.register("neighbours", frame.explode("found", "score").to_arrow())
