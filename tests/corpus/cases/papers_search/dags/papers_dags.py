"""A pipeline for each entry of the settings."""

import logging
import os
from datetime import timedelta

import airflow
from airflow.operators.python import PythonOperator

from papers.pipeline import run
from papers.settings import Settings, State, Target
from papers.stores import read_yaml

LOGGER = logging.getLogger(__name__)


def settings_of(told: dict) -> Settings:
    return Settings(
        query=told["query"],
        project=told["project"],
        ids=told["ids"],
        when=told["when"],
        state=State.from_dict(told["state"]),
        target=Target.from_dict(told["target"]),
    )


def all_settings() -> list[dict]:
    return read_yaml(os.environ["PAPERS_BUCKET"], os.environ["PAPERS_KEY"])["pipelines"]


def run_one(name: str, **_kwargs):
    told = next(one for one in all_settings() if one["name"] == name)
    LOGGER.info("settings: %r", told)
    run(settings_of(told))


def dag_of(name: str) -> airflow.DAG:
    dag = airflow.DAG(dag_id=f"papers_{name}", schedule=timedelta(days=1), catchup=False, max_active_runs=1)
    PythonOperator(task_id="load", dag=dag, python_callable=run_one, op_kwargs={"name": name})
    return dag


for one in ("preprints", "reviews"):
    globals()[f"papers_{one}"] = dag_of(one)
