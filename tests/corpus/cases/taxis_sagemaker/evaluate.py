"""How far the model's fares are off."""

import json
import pathlib
import pickle
import tarfile
from math import sqrt

import numpy as np
import pandas as pd
import xgboost
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score


def model_of(path):
    with tarfile.open(path) as tar:
        tar.extractall(path=".")
    return pickle.load(open("xgboost-model", "rb"))


def report(known, guessed):
    mse = mean_squared_error(known, guessed)
    return {
        "mae": {"value": mean_absolute_error(known, guessed), "deviation": np.std(known - guessed)},
        "rmse": {"value": sqrt(mse)},
        "r2": {"value": r2_score(known, guessed)},
    }


def main():
    model = model_of("/opt/ml/processing/model/model.tar.gz")
    frame = pd.read_csv("/opt/ml/processing/test/test.csv")
    guessed = model.predict(xgboost.DMatrix(frame.drop("fare", axis=1).values))
    folder = pathlib.Path("/opt/ml/processing/evaluation")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evaluation.json").write_text(json.dumps(report(frame["fare"].values, guessed)))


if __name__ == "__main__":
    main()
