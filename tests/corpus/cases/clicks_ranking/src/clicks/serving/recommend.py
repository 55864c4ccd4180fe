from __future__ import annotations

import logging
from functools import cached_property
from pathlib import Path

import polars as pl
import typer

from clicks.ranking.candidates import CandidateConfig, build
from clicks.ranking.features import COLUMNS, features
from clicks.ranking.ranker import Batch, fit, importances, loaded, recall, weighted

app = typer.Typer()
logger = logging.getLogger(__name__)


class Recommender:
    def __init__(self, folder: Path):
        self.folder = folder

    @cached_property
    def model(self):
        return loaded(self.folder)[0]

    def ranked(self, sources: pl.DataFrame, items: pl.DataFrame, count: int = 20) -> dict[int, list[int]]:
        rows = features(sources, items)
        scores = self.model.predict(rows.select(*COLUMNS).to_numpy())
        best = rows.with_columns(score=pl.Series(scores)).sort("score", descending=True)
        return {key[0]: part["aid"].head(count).to_list() for key, part in best.group_by("session")}

    def where(self) -> str:
        return str(self.folder)


def batch_of(path: Path) -> Batch:
    rows = pl.read_parquet(path)
    return Batch.create(rows.select(*COLUMNS).to_numpy(), rows["session"].to_numpy(), rows["target"].to_numpy(), COLUMNS)


@app.command()
def candidates(cache: Path, target: Path) -> None:
    build(cache, cache / "vectors", cache / "index", target, config=CandidateConfig(), logger=logger)


@app.command()
def train(train_path: Path, inner_path: Path, folder: Path) -> None:
    inner = batch_of(inner_path)
    booster, _ = fit(batch_of(train_path), inner, folder=folder)
    scores = recall(inner, booster.predict(inner.features))
    typer.echo({**scores, **importances(booster, COLUMNS)})


@app.command()
def summary(folder: Path) -> None:
    typer.echo(weighted([{name: {"recall": 0.5} for name in ("clicks", "carts", "orders")}]))


if __name__ == "__main__":
    app()
