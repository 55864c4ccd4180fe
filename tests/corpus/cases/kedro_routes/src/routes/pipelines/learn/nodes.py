import logging
from typing import Dict, Tuple

import matplotlib.pyplot as plt
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import max_error, r2_score
from sklearn.model_selection import train_test_split


def split(data: pd.DataFrame, parameters: Dict) -> Tuple:
    x, y = data[parameters["features"]], data["price"]
    return train_test_split(x, y, random_state=parameters["seed"])


def train(x_train: pd.DataFrame, y_train: pd.Series) -> RandomForestRegressor:
    return RandomForestRegressor().fit(x_train, y_train)


def evaluate(model: RandomForestRegressor, x_test: pd.DataFrame, y_test: pd.Series) -> Dict[str, float]:
    guess = model.predict(x_test)
    logging.getLogger(__name__).info("r2 %.3f", r2_score(y_test, guess))
    return {"r2": r2_score(y_test, guess), "worst": max_error(y_test, guess)}


def by_line(table: pd.DataFrame) -> go.Figure:
    return px.bar(table.groupby("line").mean(numeric_only=True).reset_index(), x="line", y="price")


def as_image(figure: go.Figure) -> bytes:
    return figure.to_image(format="png")


def confusion(table: pd.DataFrame) -> plt.Figure:
    figure, axes = plt.subplots()
    axes.imshow(pd.crosstab(table["line"], table["stop"]))
    return figure
