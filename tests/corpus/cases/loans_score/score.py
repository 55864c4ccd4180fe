"""A scorecard for loans: binned, fitted twice, compared, explained, written for the risk desk."""
import argparse
import logging
import pickle
import sys
from functools import partial

import lightgbm as lgb
import numpy as np
import pandas as pd
import statsmodels.api as sm
from optbinning import BinningProcess, Scorecard
from scipy.stats import ks_2samp
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from sqlalchemy import create_engine

from settings import *

try:
    import optuna
    optuna.logging.set_verbosity(optuna.logging.WARNING)
except ImportError:
    optuna = None

logging.basicConfig(stream=sys.stdout, level=logging.INFO)
logger = logging.getLogger("score")
engine = None


def connect():
    global engine
    if engine is None:
        engine = create_engine(WAREHOUSE)
    return engine


def loans(since=CUTOFF):
    query = f"select * from loans where opened > '{since}'"
    return pd.read_sql(query, connect(), parse_dates=["opened"])


def macro(path="macro.xlsx"):
    sheets = pd.read_excel(path, sheet_name=None)
    return pd.concat(sheets.values(), ignore_index=True)


def joined(rows, extra):
    return rows.merge(extra, on="quarter", how="left")


def burdened(rows):
    rows = rows.copy()
    rows["burden"] = np.where(rows.income > 0, rows.debt / rows.income, np.nan)
    return rows


def age_band(age):
    for limit, name in ((25, "young"), (40, "middle"), (65, "late")):
        if age < limit:
            return name
    return "old"


def banded(rows):
    return rows.assign(band=rows["age"].map(age_band))


def clean(rows):
    steps = [burdened, banded]
    for step in steps:
        rows = step(rows)
    logger.info("%d rows", len(rows))
    return rows


def split(rows, share=0.8):
    rows = rows.sort_values("opened")
    edge = int(len(rows) * share)
    return rows[:edge], rows[edge:]


def preprocess():
    numeric = Pipeline([("fill", SimpleImputer(strategy="median")), ("log", FunctionTransformer(np.log1p))])
    return ColumnTransformer([("num", numeric, NUMERIC), ("cat", OneHotEncoder(handle_unknown="ignore"), CATEGORIES)])


def logistic(train):
    pipe = Pipeline([("prepare", preprocess()), ("fit", LogisticRegression(max_iter=1000))])
    return CalibratedClassifierCV(pipe, cv=3).fit(train[NUMERIC + CATEGORIES], train[TARGET])


def card(train):
    binning = BinningProcess(NUMERIC + CATEGORIES, categorical_variables=CATEGORIES)
    made = Scorecard(binning_process=binning, estimator=LogisticRegression())
    made.fit(train, train[TARGET])
    return made


def points(made):
    return made.table(style="summary")


def log_every(period):
    def callback(env):
        if env.iteration % period == 0:
            logger.info("%d %s", env.iteration, env.evaluation_result_list)
    return callback


def boosted(train, test, params=None):
    data = lgb.Dataset(train[NUMERIC], train[TARGET])
    held = lgb.Dataset(test[NUMERIC], test[TARGET], reference=data)
    return lgb.train({"objective": "binary", "seed": SEED, **(params or {})}, data, valid_sets=[held],
                     callbacks=[lgb.early_stopping(50), log_every(100)])


def objective(trial, train, test):
    params = {"num_leaves": trial.suggest_int("num_leaves", 8, 64)}
    return gini(test[TARGET], boosted(train, test, params).predict(test[NUMERIC]))


def tuned(train, test, trials=20):
    if optuna is None:
        return {}
    study = optuna.create_study(direction="maximize")
    study.optimize(partial(objective, train=train, test=test), n_trials=trials)
    return study.best_params


def gini(y, guessed):
    return 2 * roc_auc_score(y, guessed) - 1


def ks(y, guessed):
    return ks_2samp(guessed[y == 1], guessed[y == 0]).statistic


def curve(y, guessed):
    false, true, _ = roc_curve(y, guessed)
    return list(zip(false, true))


def first_point(points_of_curve):
    return points_of_curve[0]


def significance(train):
    fitted = sm.Logit(train[TARGET], sm.add_constant(train[NUMERIC])).fit(disp=0)
    return fitted.summary2().tables[1]


def weak(table, level=0.05):
    return [name for name, p in table["P>|z|"].items() if p > level]


def explained(booster, test):
    import shap

    values = shap.TreeExplainer(booster).shap_values(test[NUMERIC])
    return {name: float(abs(column).mean()) for name, column in zip(NUMERIC, values.T)}


def strongest(weights, number=3):
    return sorted(weights, key=weights.get, reverse=True)[:number]


def workbook(tables, path):
    with pd.ExcelWriter(path) as writer:
        for name, table in tables.items():
            table.to_excel(writer, sheet_name=name)


def keep(made, path):
    with open(path, "wb") as file:
        pickle.dump(made, file)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", default="score.yaml")
    settings = config(parser.parse_args().config)
    train, test = split(clean(joined(loans(), macro())))
    simple, made = logistic(train), card(train)
    forest = boosted(train, test, tuned(train, test, settings["trials"]))
    guessed = forest.predict(test[NUMERIC])
    logger.info("gini %.3f, ks %.3f, %s", gini(test[TARGET], guessed), ks(test[TARGET], guessed),
                first_point(curve(test[TARGET], guessed)))
    logger.info("%s", strongest(explained(forest, test)))
    table = significance(train)
    logger.info("weak: %s", weak(table))
    workbook({"points": points(made), "weights": table}, settings["out"])
    for name, one in {"simple": simple, "card": made}.items():
        keep(one, f"{name}.pkl")


if __name__ == "__main__":
    main()
