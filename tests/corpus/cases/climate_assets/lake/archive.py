from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from lake.paths import lake as default_lake
from lake.paths import warehouse

WAREHOUSE = warehouse()
LAKE = default_lake()
TABLES = ("raw.co2", "marts.emissions")


def folder(lake: str, table: str) -> Path:
    return Path(lake) / table.replace(".", "/")


def counted(path: Path) -> dict:
    files = list(path.rglob("*.parquet"))
    return {"files": len(files), "bytes": sum(file.stat().st_size for file in files)}


def archive(connection: duckdb.DuckDBPyConnection, table: str, target: Path) -> int:
    shutil.rmtree(target, ignore_errors=True)
    connection.execute(f"COPY {table} TO '{target}' (FORMAT parquet, PARTITION_BY (year))")
    return connection.sql(f"SELECT count(*) FROM {table}").fetchone()[0]


def run(path: str = WAREHOUSE, lake: str = LAKE) -> dict[str, dict]:
    summary = {}
    with duckdb.connect(path, read_only=True) as connection:
        for table in TABLES:
            target = folder(lake, table)
            summary[table] = {"rows": archive(connection, table, target), **counted(target)}
    return summary
