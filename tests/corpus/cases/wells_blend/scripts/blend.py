#!/usr/bin/env python3
"""Three kinds of trees, mixed: equal shares, or the best ones if every fold gains."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
from catboost import CatBoostRegressor
from scipy.optimize import minimize
from xgboost import XGBRegressor

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "src"))
from wells.baselines import GUESS, error, folder, handed_in, now, read_inputs, targets, with_folds, write

spec = importlib.util.spec_from_file_location("geometry", ROOT / "scripts" / "geometry.py")
geometry = importlib.util.module_from_spec(spec)
spec.loader.exec_module(geometry)

NAME = "blend"
PLACE = Path("experiments") / NAME
COLUMNS = geometry.ALL


def by_lightgbm(x, y, x_out, y_out, x_test):
    model = lgb.LGBMRegressor(objective="regression", num_leaves=63, n_estimators=3000, verbosity=-1)
    model.fit(
        x, y, eval_set=[(x_out, y_out)], eval_metric="rmse", callbacks=[lgb.early_stopping(60, verbose=False)]
    )
    best = int(model.best_iteration_ or 3000)
    return model.predict(x_out, num_iteration=best), model.predict(x_test, num_iteration=best)


def by_xgboost(x, y, x_out, y_out, x_test):
    model = XGBRegressor(n_estimators=3000, max_depth=7, early_stopping_rounds=60, tree_method="hist")
    model.fit(x, y, eval_set=[(x_out, y_out)], verbose=False)
    return model.predict(x_out), model.predict(x_test)


def by_catboost(x, y, x_out, y_out, x_test):
    model = CatBoostRegressor(iterations=3000, depth=8, loss_function="RMSE", verbose=False)
    model.fit(x, y, eval_set=(x_out, y_out), use_best_model=True)
    return model.predict(x_out), model.predict(x_test)


MODELS = {"light": by_lightgbm, "extreme": by_xgboost, "cat": by_catboost}


def shares(guesses, true):
    def lost(w):
        return float(np.sqrt(np.mean((true - guesses @ w) ** 2)))

    count = guesses.shape[1]
    one = ({"type": "eq", "fun": lambda w: w.sum() - 1},)
    found = minimize(lost, np.full(count, 1 / count), method="SLSQP", bounds=[(0, 1)] * count, constraints=one)
    return found.x


def main():
    folder(PLACE)
    train, test, folds, sample = read_inputs(
        ROOT / "data/train.parquet", ROOT / "data/test.parquet", ROOT / "data/folds.csv", ROOT / "data/sample.csv"
    )
    gamma = float(train.loc[~train["no_gamma"].astype(bool), "gamma"].mean())
    train = with_folds(geometry.enriched(train, gamma), folds)
    test = geometry.enriched(test, gamma)
    rows = targets(train).reset_index(drop=True)
    rows_test = targets(test).reset_index(drop=True)
    y = (rows["depth"].astype(float) - rows["last_depth"].astype(float)).to_numpy()
    anchor = rows["last_depth"].to_numpy(float)
    fold = rows["fold"].to_numpy()
    numbers = sorted(np.unique(fold))

    out = {name: np.zeros(len(rows)) for name in MODELS}
    tested = {name: np.zeros(len(rows_test)) for name in MODELS}
    for number in numbers:
        mine = fold == number
        for name, fitted in MODELS.items():
            here, there = fitted(
                rows.loc[~mine, COLUMNS], y[~mine], rows.loc[mine, COLUMNS], y[mine], rows_test[COLUMNS]
            )
            out[name][mine] = here
            tested[name] += there / len(numbers)
            print(number, name, error(rows.loc[mine, "depth"], anchor[mine] + here))

    guesses = np.vstack([out[name] for name in MODELS]).T
    weights = shares(guesses, y)
    mixed = guesses @ weights
    result = rows[["id", "well", "fold", "depth"]].copy()
    result[GUESS] = anchor + mixed
    result.to_csv(PLACE / "out_of_fold.csv", index=False)
    test.loc[test["is_target"].astype(bool), GUESS] = np.vstack([tested[name] for name in MODELS]).T @ weights
    handed_in(test, sample, GUESS).to_csv(PLACE / "handed_in.csv", index=False)
    alike = pd.DataFrame({name: anchor + out[name] for name in MODELS}).corr()
    write(PLACE / "result.json", {"at": now(), "weights": [float(w) for w in weights], "alike": alike.to_dict()})


if __name__ == "__main__":
    main()
