import json
from typing import Annotated, Tuple

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from zenml import pipeline, step


@step
def load() -> Tuple[
    Annotated[pd.DataFrame, "known"],
    Annotated[pd.DataFrame, "test"],
    Annotated[pd.Series, "known_left"],
    Annotated[pd.Series, "test_left"],
]:
    frame = pd.read_csv("data/customers.csv")
    known, test, known_left, test_left = train_test_split(
        frame.drop("left", axis=1), frame["left"], test_size=0.25, random_state=9, stratify=frame["left"]
    )
    print(f"{len(known)} known, {len(test)} to test")
    return known, test, known_left, test_left


@step
def train(known: pd.DataFrame, known_left: pd.Series, trees: int = 80) -> Annotated[RandomForestClassifier, "model"]:
    model = RandomForestClassifier(n_estimators=trees, min_samples_split=4, random_state=9)
    model.fit(known, known_left)
    return model


@step
def measure(model: RandomForestClassifier, test: pd.DataFrame, test_left: pd.Series) -> Annotated[dict, "figures"]:
    guess = model.predict(test)
    return {"right": float(accuracy_score(test_left, guess)), "f1": float(f1_score(test_left, guess))}


@step
def keep(model: RandomForestClassifier, figures: dict) -> Annotated[str, "path"]:
    path = "models/leavers.pkl"
    joblib.dump(model, path)
    with open("models/leavers.json", "w") as file:
        json.dump(figures, file)
    return path


@pipeline
def leavers(trees: int = 80):
    known, test, known_left, test_left = load()
    model = train(known, known_left, trees)
    keep(model, measure(model, test, test_left))


if __name__ == "__main__":
    leavers()
