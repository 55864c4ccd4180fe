from __future__ import annotations

import pendulum
from airflow.decorators import dag, task
from airflow.models import Variable
from airflow.operators.python import get_current_context

FOLDER = "s3://rides/raw"


def month_url(day):
    return f"https://rides.example/trips_{day:%Y-%m}.parquet"


def on_failure(context):
    import requests

    requests.post(Variable.get("hook"), json={"text": str(context["exception"])})


@dag(schedule="@monthly", start_date=pendulum.datetime(2024, 1, 1), default_args={"on_failure_callback": on_failure})
def ingest():
    @task
    def url() -> str:
        return month_url(get_current_context()["logical_date"])

    @task(retries=3)
    def copied(source: str) -> str:
        import awswrangler as wr
        import pandas as pd

        frame = pd.read_parquet(source)
        target = f"{FOLDER}/{source.rsplit('/', 1)[1]}"
        wr.s3.to_parquet(frame, path=target)
        return target

    @task.virtualenv(requirements=["great-expectations"], system_site_packages=False)
    def checked(path: str) -> bool:
        import great_expectations as gx

        return gx.read_csv(path).expect_column_to_exist("hour").success

    @task.short_circuit
    def is_new(path):
        import pyarrow.parquet as pq

        return pq.read_metadata(path).num_rows > 0

    path = copied(url())
    is_new(path) >> checked(path)


ingest()
