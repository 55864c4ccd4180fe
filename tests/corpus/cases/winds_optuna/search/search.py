import sys
from datetime import datetime
from functools import partial

import numpy as np
import optuna

sys.path.append("..")

from baselines.data import Data
from baselines.linear import Linear


class UnknownKind(Exception):
    "there is no such baseline"


def objective(trial, kind, values, names, longest=8):
    try:
        before = trial.suggest_int("before", 3, longest)
        alpha = trial.suggest_float("alpha", 0.1, 2.1, log=True)
        chosen = trial.suggest_categorical("regressor", ["lasso", "ridge", "net"])
        data = Data(values)
        x_train, x_test, y_train, y_test = data.split(*data.windows(before, 1))
        if kind != "linear":
            raise UnknownKind
        model = Linear(names, kind=chosen, alpha=alpha)
        model.train(x_train, y_train)
        return np.mean(model.errors(model.guess(x_test), y_test))
    except UnknownKind:
        print("linear, please")


def study(kind, trials, values, names, function=objective, talks=True):
    found = optuna.create_study(direction="minimize")
    found.optimize(partial(function, kind=kind, values=values, names=names), n_trials=trials)
    if not talks:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
    best = max(found.best_trials, key=lambda one: one.values[0])
    print(best.params)
    return found.best_params["before"], found.best_params["regressor"], found.best_params["alpha"]


def note(file, kind, trials, before, regressor, alpha):
    with open(file, "a") as out:
        out.write(datetime.now().strftime("%d-%m-%Y %H:%M\n"))
        out.write(f"{kind}, {trials}: {before}, {regressor}, {alpha}\n")


def run(path, kind, trials, file):
    values, names = Data.read(path)
    before, regressor, alpha = study(kind, trials, values, names)
    note(file, kind, trials, before, regressor, alpha)


if __name__ == "__main__":
    run("../winds.grib", sys.argv[1], int(sys.argv[2]), "found.txt")
