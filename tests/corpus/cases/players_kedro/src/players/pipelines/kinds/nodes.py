"""Kinds of players, learned and found."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, silhouette_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler


def by_means(data: pd.DataFrame, params: dict) -> pd.DataFrame:
    model = KMeans(n_clusters=params.get("kinds", 4), random_state=params.get("seed", 42))
    found = data.copy()
    found["by_means"] = model.fit_predict(data.filter(regex="^PC"))
    return found


def by_density(data: pd.DataFrame, params: dict) -> pd.DataFrame:
    found = data.copy()
    found["by_density"] = DBSCAN(eps=params.get("eps", 0.5)).fit_predict(data.filter(regex="^PC"))
    return found


def by_tree(data: pd.DataFrame, params: dict):
    parts = data.filter(regex="^PC")
    if len(parts) > params.get("most", 2000):
        parts = parts.sample(params["most"], random_state=42)
    found = data.loc[parts.index].copy()
    found["by_tree"] = AgglomerativeClustering(n_clusters=params["kinds"], linkage=params["linkage"]).fit_predict(parts)
    return found


def best(means: pd.DataFrame, density: pd.DataFrame, tree: pd.DataFrame) -> pd.DataFrame:
    scores = {}
    for name, frame, column in [("means", means, "by_means"), ("density", density, "by_density"), ("tree", tree, "by_tree")]:
        labels = frame[column]
        features = frame.filter(regex="^PC")
        scores[name] = silhouette_score(features, labels) if len(set(labels)) > 1 and min(labels) >= 0 else -1
    chosen = max(scores, key=scores.get)
    found = {"means": means, "density": density, "tree": tree}[chosen].copy()
    found.rename(columns={f"by_{chosen}": "kind"}, inplace=True)
    return found


def split(data: pd.DataFrame, params: dict) -> tuple:
    target = data[params["target"]]
    if isinstance(target, pd.DataFrame):
        target = target.values.ravel()
    known, unseen, known_target, unseen_target = train_test_split(data[params["features"]], target, test_size=params["size"])
    return known, unseen, known_target, unseen_target


def logistic(known, target, grid):
    if isinstance(target, pd.DataFrame):
        target = target.values.ravel()
    search = GridSearchCV(Pipeline([("scale", StandardScaler()), ("logistic", LogisticRegression())]), param_grid=grid, cv=5)
    search.fit(known, target)
    return search.best_estimator_


def forest(known, target, grid):
    search = GridSearchCV(RandomForestClassifier(), param_grid=grid, cv=5)
    search.fit(known, target)
    return search.best_estimator_


def measured(model, unseen, target):
    said = model.predict(unseen)
    return {"accuracy": accuracy_score(target, said), "f1": f1_score(target, said, average="weighted", zero_division=0)}


def drawn(model, unseen, target):
    matrix = confusion_matrix(target, model.predict(unseen))
    figure, axes = plt.subplots(figsize=(8, 6))
    sns.heatmap(matrix, annot=True, fmt="d", ax=axes)
    return figure


def compared(*told: dict) -> pd.DataFrame:
    frame = pd.DataFrame(told)
    frame["rank"] = np.argsort(-frame["f1"].to_numpy())
    return frame
