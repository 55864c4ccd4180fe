from comet_ml import Experiment
import os
import pickle
import sys
from pprint import pprint

import lightgbm as lgbm
import optuna
from dotenv import load_dotenv
from optuna.integration import LightGBMPruningCallback
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import StratifiedKFold

here = os.path.dirname(os.path.realpath(__file__))
sys.path.append(os.path.dirname(here))
from plots import *
from shared import *

load_dotenv()

features = ["distance", "angle", "rebound"]


def objective(trial, x, y):
    params = {
        "n_estimators": trial.suggest_int("n_estimators", 100, 2000, step=50),
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.5),
    }
    scores = np.empty(5)
    for i, (train, valid) in enumerate(StratifiedKFold(n_splits=5, shuffle=True, random_state=0).split(x, y)):
        model = lgbm.LGBMClassifier(objective="binary", **params)
        model.fit(
            x.iloc[train], y.iloc[train], eval_set=[(x.iloc[valid], y.iloc[valid])], eval_metric="binary_logloss",
            callbacks=[LightGBMPruningCallback(trial, "binary_logloss")],
        )
        scores[i] = log_loss(y.iloc[valid], model.predict_proba(x.iloc[valid]))
    return np.mean(scores)


def best(x, y):
    study = optuna.create_study(pruner=optuna.pruners.MedianPruner(n_warmup_steps=5), direction="minimize")
    study.optimize(lambda trial: objective(trial, x, y), n_trials=50)
    pprint(study.best_params)
    return study.best_params


def main():
    x, y, x_test, y_test = load_data(features, TRAIN, TEST)
    params = best(x, y)
    experiment = Experiment(api_key=os.getenv("COMET_API_KEY"), project_name="goals")
    model = lgbm.LGBMClassifier(**params).fit(x, y)
    odds = [model.predict_proba(x_test)[:, 1]]
    for plot in (plot_roc, plot_goals, plot_calibration):
        plot(y_test, odds, "6", ["tuned"], experiment)
    pickle.dump(model, open("6.pkl", "wb"))
    guessed = model.predict(x_test)
    experiment.log_metrics({"accuracy": accuracy_score(y_test, guessed), "f1": f1_score(y_test, guessed)})
    experiment.log_model("6", "6.pkl")


if __name__ == "__main__":
    main()
