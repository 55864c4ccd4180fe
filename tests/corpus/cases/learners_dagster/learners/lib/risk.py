import json
from pathlib import Path

import polars as pl

WEIGHTS = Path(__file__).parent / "weights.json"


def scaled(frame: pl.DataFrame, columns: list) -> pl.DataFrame:
    middle = frame.select([pl.col(name).median().alias(name) for name in columns]).row(0, named=True)
    return frame.with_columns([(pl.col(name) - middle[name]) / (pl.col(name).std() + 1e-9) for name in columns])


def weights():
    return json.loads(WEIGHTS.read_text())


def risk(frame: pl.DataFrame) -> pl.Series:
    total = sum(frame[name] * weight for name, weight in weights().items())
    return 1 / (1 + (-total).exp())


def level(value):
    return "high" if value > 0.8 else "low"
