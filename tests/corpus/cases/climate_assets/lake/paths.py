import os
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent


def warehouse() -> str:
    return os.environ.get("WAREHOUSE", str(HOME / "data" / "warehouse.duckdb"))


def lake() -> str:
    return os.environ.get("LAKE", str(HOME / "data" / "lake"))
