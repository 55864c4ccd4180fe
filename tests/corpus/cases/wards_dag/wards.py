import json
import logging
import os
from datetime import datetime, timedelta

import pandas as pd
import psycopg2.extras as extras
from airflow import DAG
from airflow.exceptions import AirflowSkipException
from airflow.models import Variable
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.http.hooks.http import HttpHook
from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.utils.trigger_rule import TriggerRule
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

log = logging.getLogger(__name__)
HOME = os.path.expandvars("${AIRFLOW_HOME}/data")
COLUMNS = ["day", "ward", "visits"]


def told(text):
    try:
        WebClient(token=Variable.get("SLACK_TOKEN")).chat_postMessage(channel="#wards", text=text)
    except SlackApiError as error:
        log.warning("slack: %s", error.response["error"])


def failed(context):
    told(f"{context['task_instance'].task_id} failed")


def visits(**context):
    answer = HttpHook("GET", http_conn_id="clinics").run("visits", data={"day": context["ds"]})
    rows = json.loads(answer.text)
    if not rows:
        raise AirflowSkipException("no visits")
    frame = pd.DataFrame(rows)[COLUMNS]
    frame.to_parquet(f"{HOME}/{context['ds']}.parquet", compression="snappy")
    return frame


def ages():
    return pd.read_csv(f"{HOME}/ages.csv", sep=";", dtype="unicode")


def cleaned():
    frame = ages()
    frame[COLUMNS[1:]] = frame[COLUMNS[1:]].fillna("0")
    return frame


def stored(ti, **context):
    frame = ti.xcom_pull(task_ids="visits")
    hook = PostgresHook(postgres_conn_id="warehouse")
    with hook.get_conn() as connection, connection.cursor() as cursor:
        extras.execute_values(cursor, "insert into visits values %s", frame.values.tolist())
    connection.commit()


def archived(ds):
    S3Hook("lake").load_file(f"{HOME}/{ds}.parquet", key=f"visits/{ds}.parquet", bucket_name="wards")


def compared(ds):
    rows = PostgresHook("warehouse").get_pandas_df("select ward, sum(visits) n from visits group by 1")
    told(rows.to_markdown(index=False))


def counted():
    engine = PostgresHook("warehouse").get_sqlalchemy_engine()
    return int(pd.read_sql("select count(*) n from visits", engine)["n"].iloc[0])


with DAG(
    "wards",
    start_date=datetime(2024, 1, 1),
    schedule="@daily",
    catchup=False,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5), "on_failure_callback": failed},
) as dag:
    steps = [
        PythonOperator(task_id=one.__name__, python_callable=one) for one in (visits, cleaned, stored, archived, compared)
    ]
    done = BashOperator(task_id="done", bash_command="rm -f /tmp/wards*", trigger_rule=TriggerRule.ALL_DONE)
    steps[0] >> steps[1] >> steps[2] >> steps[3:] >> done
