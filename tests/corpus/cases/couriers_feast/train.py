"""Learns how long couriers take from features of Feast; boosted trees, told to MLflow, served by BentoML."""

from datetime import datetime, timedelta, timezone

import bentoml
import lightgbm as lgb
import mlflow
import optuna
import pandas as pd
from feast import Entity, FeatureStore, FeatureView, Field, FileSource
from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource
from feast.types import Float32, Int64
from mlflow.models import infer_signature
from optuna.integration import LightGBMPruningCallback
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import TimeSeriesSplit

WANTED = ["courier_week:rides", "courier_week:rating", "town:rain"]


def views():
    courier = Entity(name="courier", join_keys=["courier"])
    week = FileSource(path="s3://couriers/week.parquet", timestamp_field="at")
    rain = PostgreSQLSource(name="rain", query="select * from rain", timestamp_field="at")
    fields = [Field(name="rides", dtype=Int64), Field(name="rating", dtype=Float32)]
    return [
        courier,
        FeatureView(name="courier_week", entities=[courier], ttl=timedelta(days=8), schema=fields, source=week),
        FeatureView(name="town", entities=[], ttl=timedelta(days=1), schema=[Field(name="rain", dtype=Float32)], source=rain),
    ]


def store(folder):
    found = FeatureStore(repo_path=folder)
    found.apply(views())
    return found


def learned_from(store, rides):
    asked = pd.read_parquet(rides)[["courier", "at", "minutes"]].rename(columns={"at": "event_timestamp"})
    return store.get_historical_features(entity_df=asked, features=WANTED).to_df().sort_values("event_timestamp")


def folds(frame):
    columns = [one.partition(":")[2] for one in WANTED]
    for train, test in TimeSeriesSplit(4).split(frame):
        yield frame.iloc[train][columns], frame.iloc[train].minutes, frame.iloc[test][columns], frame.iloc[test].minutes


def one_trial(trial, frame):
    settings = {"objective": "l1", "num_leaves": trial.suggest_int("leaves", 8, 128, log=True), "verbosity": -1}
    losses = []
    for x, y, x_test, y_test in folds(frame):
        data, held = lgb.Dataset(x, y), lgb.Dataset(x_test, y_test)
        model = lgb.train(settings, data, valid_sets=[held], callbacks=[LightGBMPruningCallback(trial, "l1"), lgb.early_stopping(20)])
        losses.append(mean_absolute_error(y_test, model.predict(x_test)))
    return sum(losses) / len(losses)


def search(frame, many):
    study = optuna.create_study(study_name="minutes", storage="sqlite:///search.db", load_if_exists=True)
    study.optimize(lambda trial: one_trial(trial, frame), n_trials=many)
    optuna.visualization.plot_param_importances(study).write_html("important.html")
    return study.best_params


def fitted(frame, best):
    columns = [one.partition(":")[2] for one in WANTED]
    model = lgb.LGBMRegressor(num_leaves=best["leaves"], n_estimators=400).fit(frame[columns], frame["minutes"])
    with mlflow.start_run():
        mlflow.log_params(best)
        signature = infer_signature(frame[columns], model.predict(frame[columns]))
        mlflow.lightgbm.log_model(model.booster_, name="minutes", signature=signature)
    return model


def drawn(model):
    axes = lgb.plot_importance(model, max_num_features=10)
    axes.figure.savefig("importance.png")
    lgb.create_tree_digraph(model, tree_index=0).render("tree")


def shelved(model):
    return bentoml.lightgbm.save_model("minutes", model.booster_, signatures={"predict": {"batchable": True}})


def fresh(store, couriers):
    store.materialize_incremental(end_date=datetime.now(timezone.utc))
    found = store.get_online_features(features=WANTED, entity_rows=[{"courier": one} for one in couriers])
    return found.to_dict()


def main():
    features = store("features")
    frame = learned_from(features, "rides.parquet")
    model = fitted(frame, search(frame, 40))
    drawn(model)
    print(shelved(model).tag, fresh(features, [17, 19]))


if __name__ == "__main__":
    main()
