"""Calls and projects into the warehouse, each night."""

import asyncio
from datetime import datetime, timedelta

import pandas as pd
from airflow import DAG
from airflow.hooks.base import BaseHook
from airflow.models import Variable
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator, PythonOperator
from airflow.providers.common.sql.hooks.sql import DbApiHook
from airflow.providers.elasticsearch.hooks.elasticsearch import ElasticsearchPythonHook
from airflow.utils.trigger_rule import TriggerRule

from queues.events import QUEUES, calls_of
from queues.projects import FIELDS, items_of, plain


def _tell(context):
    hook = BaseHook.get_connection("mail")
    print(f"{context['task'].task_id} failed, told to {hook.host}")


def is_monday(**context):
    return "projects" if context["logical_date"].weekday() == 0 else "nothing"


def calls_into_warehouse():
    client = ElasticsearchPythonHook(hosts=[Variable.get("search_host")]).get_conn
    frames = []
    for queue in QUEUES:
        rows = calls_of(client, queue)
        if rows:
            frames.append(pd.DataFrame(rows))
    if not frames:
        return 0
    frame = pd.concat(frames, ignore_index=True)
    engine = DbApiHook.get_hook("warehouse").get_sqlalchemy_engine()
    frame.to_sql("calls", con=engine, schema="town", if_exists="append", index=False)
    return len(frame)


def projects_into_warehouse(site: str, ti=None):
    from azure.identity import ClientSecretCredential
    from msgraph.graph_service_client import GraphServiceClient

    told = BaseHook.get_connection("graph")
    credential = ClientSecretCredential(told.extra_dejson["tenant"], told.login, told.password)
    client = GraphServiceClient(credential, scopes=["https://graph.example.org/.default"])
    rows = plain(asyncio.run(items_of(client, site, "projects", FIELDS)))
    ti.xcom_push(key="count", value=len(rows))
    frame = pd.DataFrame(rows)
    frame["phase"] = frame["phase"].fillna("none")
    with DbApiHook.get_hook("warehouse").get_sqlalchemy_engine().begin() as connection:
        frame.to_sql("projects", con=connection, schema="town", if_exists="replace", index=False)


with DAG(
    dag_id="calls",
    default_args={"owner": "town", "retries": 1, "retry_delay": timedelta(minutes=5), "on_failure_callback": _tell},
    start_date=datetime(2024, 5, 1),
    schedule="0 3 * * *",
    catchup=False,
) as dag:
    calls = PythonOperator(task_id="calls", python_callable=calls_into_warehouse)
    branch = BranchPythonOperator(task_id="branch", python_callable=is_monday)
    projects = PythonOperator(task_id="projects", python_callable=projects_into_warehouse, op_kwargs={"site": "town"})
    nothing = EmptyOperator(task_id="nothing")
    end = EmptyOperator(task_id="end", trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)

    calls >> branch >> [projects, nothing] >> end
