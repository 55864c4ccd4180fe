from __future__ import annotations

import os
from datetime import datetime

from airflow.decorators import dag, task

from dags._defaults import defaults
from dags._store import store_url


@dag(dag_id="lifetimes", start_date=datetime(2024, 3, 1), schedule="@weekly", catchup=False, default_args=defaults())
def lifetimes() -> None:
    @task
    def train() -> dict:
        import mlflow
        import mlflow.sklearn
        import pandas as pd
        import sqlalchemy
        from sklearn.ensemble import GradientBoostingRegressor
        from sklearn.metrics import mean_absolute_error
        from sklearn.model_selection import train_test_split

        engine = sqlalchemy.create_engine(store_url())
        table = pd.read_sql("select orders, mean_value, worth from marts.customers", engine)
        X_train, X_test, y_train, y_test = train_test_split(table[["orders", "mean_value"]], table["worth"], random_state=7)
        mlflow.set_tracking_uri(os.getenv("TRACKING", "http://tracking:5000"))
        with mlflow.start_run() as run:
            model = GradientBoostingRegressor(max_depth=4)
            model.fit(X_train, y_train)
            error = mean_absolute_error(y_test, model.predict(X_test))
            mlflow.log_metrics({"mae": error})
            mlflow.sklearn.log_model(model, "lifetimes")
            number = run.info.run_id
        return {"run": number, "mae": error}

    @task
    def promote(result: dict) -> str:
        from mlflow.tracking import MlflowClient

        client = MlflowClient(os.getenv("TRACKING", "http://tracking:5000"))
        if result["mae"] > 40:
            return "kept"
        version = client.create_model_version("lifetimes", f"runs:/{result['run']}/lifetimes", result["run"])
        client.set_registered_model_alias("lifetimes", "champion", version.version)
        return "promoted"

    promote(train())


lifetimes()
