from __future__ import annotations

import json
import logging
import math
import shutil
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import duckdb
import faiss
import polars as pl
import pyarrow.parquet as pq
from gensim.models import KeyedVectors

from clicks.ranking.features import COLUMNS, OBJECTIVES, features
from clicks.retrieval.union import configured, covisits, literal, neighbours
from clicks.runtime import Heartbeat, digest, locked, write_json


class Checkpoints(Protocol):
    def restore(self, folder: Path) -> None: ...
    def publish(self, folder: Path, bucket: int) -> None: ...


@dataclass(frozen=True)
class CandidateConfig:
    covisits: int = 1200
    neighbours: int = 800
    keep: int = 100
    threads: int = 4

    def validate(self) -> None:
        for name in ("covisits", "neighbours", "keep", "threads"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise ValueError(name)


def valid_part(folder: Path, bucket: int) -> dict[str, Any] | None:
    try:
        receipt = json.loads((folder / f"{bucket}.json").read_text())
        if not math.isfinite(receipt["seconds"]):
            return None
        path = folder / f"{bucket}.parquet"
        return receipt if receipt["rows"] == pq.read_metadata(path).num_rows else None
    except (OSError, ValueError, KeyError):
        return None


def compress(connection: Any, keep: int) -> None:
    connection.execute(f"CREATE TEMP TABLE chosen AS SELECT * FROM found QUALIFY row_number() OVER () <= {keep}")


def write_parts(connection: Any, labels: pl.DataFrame, target: Path, *, config: CandidateConfig) -> dict[str, int]:
    config.validate()
    compress(connection, config.keep)
    rows = dict.fromkeys(OBJECTIVES, 0)
    writers: dict[str, Any] = {}
    try:
        for objective in OBJECTIVES:
            sources = pl.from_arrow(connection.execute("SELECT * FROM chosen").to_arrow_table())
            items = connection.execute("SELECT * FROM items").pl()
            table = features(sources, items, labels).select(*COLUMNS).to_arrow()
            writers[objective] = pq.ParquetWriter(target / f"{objective}.parquet", table.schema)
            writers[objective].write_table(table)
            rows[objective] += table.num_rows
    finally:
        for writer in writers.values():
            writer.close()
    shutil.copyfile(target / "clicks.parquet", target / "all.parquet")
    return rows


def contract(cache: Path, config: CandidateConfig) -> dict[str, Any]:
    config.validate()
    return {
        "config": asdict(config),
        "cache": digest(sorted(path.name for path in cache.glob("*"))),
        "runtime": {name: version(name) for name in ("polars", "duckdb")},
    }


def build(
    cache: Path, vectors: Path, index: Path, target: Path, *, config: CandidateConfig, logger: logging.Logger,
    checkpoints: Checkpoints | None = None,
) -> dict[str, Any]:
    progress = {"bucket": 0}
    with locked(target), Heartbeat(logger, "candidates", progress.copy):
        made = contract(cache, config)
        write_json(target / "contract.json", made)
        embedding = KeyedVectors.load(str(vectors), mmap="r")
        search = faiss.read_index(str(index))
        for bucket in range(4):
            progress["bucket"] = bucket
            if valid_part(target, bucket) is not None:
                continue
            with duckdb.connect() as connection:
                configured(connection, config.threads)
                connection.execute(f"CREATE TABLE items AS SELECT * FROM '{literal(cache)}/items.parquet'")
                covisits(connection, cache, config.covisits)
                neighbours(connection, embedding, search, config.neighbours)
                labels = pl.scan_parquet(cache / "labels.parquet").filter(pl.col("bucket") == bucket).collect()
                made[str(bucket)] = write_parts(connection, labels, target, config=config)
            if checkpoints is not None:
                checkpoints.publish(target, bucket)
    return made
