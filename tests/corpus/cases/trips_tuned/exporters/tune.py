import pickle

import mlflow
import numpy as np
from hyperopt import STATUS_OK, Trials, fmin, hp, tpe
from hyperopt.pyll import scope
from mlflow.entities import ViewType
from mlflow.tracking import MlflowClient
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_extraction import DictVectorizer
from sklearn.metrics import mean_squared_error

NAME = "trips"
mlflow.set_tracking_uri("http://mlflow:5000")
mlflow.set_experiment(NAME)
mlflow.sklearn.autolog()
WHOLE = ["max_depth", "n_estimators"]


def of_month(rows, column, month):
    return rows[rows[column].dt.month == month]


def prepared(rows):
    rows["minutes"] = (rows["until"] - rows["start"]).apply(lambda one: one.total_seconds() / 60)
    rows[["from", "to"]] = rows[["from", "to"]].astype(str)
    return rows[["from", "to", "minutes"]]


def split(rows, vectors: DictVectorizer, fit: bool = False):
    rows = prepared(rows)
    y = rows["minutes"].values
    del rows["minutes"]
    dicts = rows.to_dict(orient="records")
    return (vectors.fit_transform(dicts) if fit else vectors.transform(dicts)), y


def tuned(data, vectors, rounds=8):
    mlflow.sklearn.autolog(disable=True)
    months = data["start"].dt.month.unique()
    train_x, train_y = split(of_month(data, "start", months[0]), vectors, fit=True)
    test_x, test_y = split(of_month(data, "start", months[1]), vectors)

    def objective(settings):
        with mlflow.start_run():
            mlflow.log_params(settings)
            model = RandomForestRegressor(**settings)
            model.fit(train_x, train_y)
            mlflow.sklearn.log_model(model, artifact_path="models")
            error = mean_squared_error(test_y, model.predict(test_x))
            mlflow.log_metric("error", error)
        return {"loss": error, "status": STATUS_OK}

    space = {
        "max_depth": scope.int(hp.quniform("max_depth", 1, 20, 1)),
        "n_estimators": scope.int(hp.quniform("n_estimators", 10, 50, 1)),
    }
    fmin(
        fn=objective,
        space=space,
        algo=tpe.suggest,
        max_evals=rounds,
        trials=Trials(),
        rstate=np.random.default_rng(7),
    )


def trained(vectors, data, settings):
    x, y = split(of_month(data, "start", 3), vectors, fit=True)
    with mlflow.start_run():
        model = RandomForestRegressor(**{name: int(settings[name]) for name in WHOLE})
        model.fit(x, y)
        mlflow.sklearn.log_model(model, artifact_path="models")
        mlflow.log_metric("error", mean_squared_error(y, model.predict(x)))
        with open("vectors.bin", "wb") as file:
            pickle.dump(vectors, file)
        mlflow.log_artifact("vectors.bin", artifact_path="vectors")


def registered(data, vectors):
    client = MlflowClient()
    experiment = client.get_experiment_by_name(NAME)
    for run in client.search_runs(
        experiment_ids=experiment.experiment_id, run_view_type=ViewType.ACTIVE_ONLY, max_results=3
    ):
        trained(vectors, data, run.data.params)
    best = client.search_runs(experiment_ids=experiment.experiment_id, order_by=["metrics.error ASC"])[0]
    address = f"runs:/{best.info.run_id}/models"
    mlflow.register_model(address, name="trips")
    with open("model.bin", "wb") as file:
        pickle.dump(mlflow.pyfunc.load_model(address), file)


if "data_exporter" not in globals():
    from mage_ai.data_preparation.decorators import data_exporter


@data_exporter
def export_data(data, *args, **kwargs):
    vectors = DictVectorizer()
    tuned(data, vectors)
    registered(data, vectors)
