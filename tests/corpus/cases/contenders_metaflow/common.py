"""Frames to learn from, pipelines, and scores drawn."""

import pickle
from pathlib import Path

import pandas as pd
import plotly
import plotly.graph_objects as go
from sklearn.compose import ColumnTransformer
from sklearn.datasets import make_regression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

import grid
import wide
from helping.loading import gone


def made(settings, count):
    numbers = [f"number_{i}" for i in range(count)]
    frames = []
    for kind in settings:
        x, y, _ = make_regression(**settings[kind])
        frame = pd.DataFrame(data={"target": y})
        frame[numbers] = pd.DataFrame(data=x)
        frame["kind"] = kind
        frames.append(frame)
    return pd.concat(frames, ignore_index=True), numbers, ["kind"]


def prepared(numbers=None, words=None):
    steps = [("numbers", "passthrough", numbers), ("words", OneHotEncoder(handle_unknown="ignore"), words)]
    return Pipeline([("prepared", ColumnTransformer(transformers=steps))])


def pipeline_of(model):
    return Pipeline([("model", model)])


def drawn(results, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame.from_records([{**pickle.loads(key), **results[key]} for key in results])
    figure = go.Figure()
    for _, row in frame.iterrows():
        figure.add_trace(go.Box(name=f"{row.name} {row['model']}", y=row["scores"]))
    figure.update_layout(xaxis_title="Model", yaxis_title="Score")
    gone(f"{folder}/scores.png")
    figure.write_image(f"{folder}/scores.png")
    plotly.offline.plot(figure, filename=f"{folder}/scores.html", auto_open=False)
    return figure


def settings_of(name: str):
    return {"grid": grid, "wide": wide}[name]
