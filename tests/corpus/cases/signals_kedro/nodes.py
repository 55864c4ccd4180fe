"""Nodes: what a feature says across pairs of coins, drawn and told."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl
from kedro.pipeline import Pipeline, node
from loguru import logger
from plotly.subplots import make_subplots


def features(rows: pl.DataFrame, windows: list[int]) -> pl.DataFrame:
    made = [pl.col("close").rolling_mean(one).over("pair").alias(f"mean_{one}") for one in windows]
    found = rows.sort("time").with_columns(*made)
    logger.info(f"{found.height} rows of {found['pair'].n_unique()} pairs")
    return found


def _statistics(frame: pl.DataFrame, name: str) -> dict[str, Any]:
    values = frame.drop_nulls(subset=[name])[name].to_numpy().astype(float)
    values = values[np.isfinite(values)]
    if len(values) == 0:
        logger.warning(name)
        return {}
    from scipy import stats

    return {"count": len(values), "mean": float(np.mean(values)), "skew": float(stats.skew(values))}


def _correlations(frame: pl.DataFrame, name: str, pairs: list[str]) -> dict[str, float | None]:
    found = {}
    for pair in pairs:
        some = frame.filter(pl.col("pair") == pair).select([name, "close"]).drop_nulls()
        if some.height < 2:
            found[pair] = None
            continue
        matrix = np.corrcoef(some[name].to_numpy(), some["close"].to_numpy())
        found[pair] = float(matrix[0, 1])
    return found


def _kept(name: str, statistics: dict[str, Any], folder: str) -> None:
    path = Path(folder) / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"at": datetime.now().isoformat(), **statistics}))


def _lines(frame: pl.DataFrame, name: str, pairs: list[str]) -> go.Figure:
    figure = make_subplots(rows=len(pairs), cols=1, shared_xaxes=True)
    for place, pair in enumerate(pairs, start=1):
        some = frame.filter(pl.col("pair") == pair)
        figure.add_trace(go.Scatter(x=some["time"].to_list(), y=some[name].to_list(), name=pair), row=place, col=1)
    return figure


def _spread(frame: pl.DataFrame, name: str) -> go.Figure:
    figure = go.Figure(go.Histogram(x=frame[name].drop_nulls().to_numpy(), nbinsx=50))
    figure.update_layout(template="plotly_white", title=name)
    return figure


def _told(figures: list[go.Figure], settings: dict[str, Any], text: str) -> None:
    import requests

    address = f"https://api.telegram.org/bot{settings['token']}"
    requests.post(f"{address}/sendMessage", data={"chat_id": settings["chat"], "text": text}, timeout=10)
    for figure in figures:
        picture = figure.to_image(format="png", scale=2)
        requests.post(f"{address}/sendPhoto", data={"chat_id": settings["chat"]}, files={"photo": picture}, timeout=10)


def plots(frame: pl.DataFrame, params: dict[str, Any], telegram: dict[str, Any] | None = None) -> dict[str, list[go.Figure]]:
    name = params["feature"]
    pairs = sorted(frame["pair"].unique().to_list())
    statistics = _statistics(frame, name)
    if not statistics:
        return {"features": []}
    _kept(name, {**statistics, "correlations": _correlations(frame, name, pairs)}, "reporting")
    figures = [_lines(frame, name, pairs), _spread(frame, name)]
    if telegram and telegram.get("enabled"):
        _told(figures, telegram, json.dumps(statistics))
    return {"features": figures}


def saved(given: dict[str, list[go.Figure]], folder: str) -> None:
    for name, figures in given.items():
        for number, figure in enumerate(figures):
            figure.write_image(f"{folder}/{name}_{number}.png", width=1400, scale=2)
            figure.write_html(f"{folder}/{name}_{number}.html")


def create_pipeline(**others) -> Pipeline:
    return Pipeline(
        [
            node(features, ["rows", "params:windows"], "features"),
            node(plots, ["features", "params:drawn", "params:telegram"], "plots"),
            node(saved, ["plots", "params:folder"], None),
        ]
    )
