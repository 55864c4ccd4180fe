import logging
import os
from datetime import datetime, timedelta

import pandas as pd
from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.providers.postgres.operators.postgres import PostgresOperator
from airflow.providers.slack.notifications.slack import send_slack_notification
from airflow.sensors.filesystem import FileSensor

TABLES = ["customers", "orders"]
STORE = Variable.get("store", default_var="store")

dag = DAG(
    "shop",
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
    start_date=datetime(2024, 1, 1),
    schedule="0 2 * * *",
    on_failure_callback=[send_slack_notification(text="It failed", channel="#shop")],
)


def load(table, path, store=STORE):
    rows = pd.read_csv(path)
    rows["loaded_at"] = datetime.now()
    rows["file"] = os.path.basename(path)
    hook = PostgresHook(postgres_conn_id=store)
    hook.run(f"truncate table raw.{table}")
    for start in range(0, len(rows), 10000):
        part = rows.iloc[start : start + 10000]
        hook.insert_rows(table=f"raw.{table}", rows=part.values.tolist(), target_fields=part.columns.tolist())
    logging.info("%s rows of %s", len(rows), table)


def check(**context):
    hook = PostgresHook(postgres_conn_id="store")
    wrong = [one for one in TABLES if hook.get_first(f"select count(*) from raw.{one} where id is null")[0]]
    if wrong:
        raise ValueError(", ".join(wrong))


def note_days(**context):
    day = context["execution_date"]
    with open("/opt/dbt/vars.yml", "w") as file:
        import yaml

        yaml.dump({"day": day.strftime("%Y-%m-%d")}, file)


def week(**context):
    hook = PostgresHook(postgres_conn_id="store")
    orders = hook.get_pandas_df("select * from marts.orders")
    totals = orders.groupby("week")["total"].sum()
    with pd.ExcelWriter("/tmp/week.xlsx") as writer:
        totals.to_excel(writer, sheet_name="week")
    hook.get_conn().cursor().execute("insert into marts.weeks values (now())")


sensors = [FileSensor(task_id=f"sense_{one}", filepath=f"/data/{one}.csv", dag=dag) for one in TABLES]
loads = [
    PythonOperator(task_id=f"load_{one}", python_callable=load, op_kwargs={"table": one, "path": f"/data/{one}.csv"}, dag=dag)
    for one in TABLES
]
checked = PythonOperator(task_id="check", python_callable=check, dag=dag)
noted = PythonOperator(task_id="note", python_callable=note_days, dag=dag)
staged = BashOperator(task_id="stage", bash_command="cd /opt/dbt && dbt run --select staging", dag=dag)
report = PostgresOperator(task_id="report", postgres_conn_id="store", sql="insert into marts.report select now()", dag=dag)
weekly = PythonOperator(task_id="week", python_callable=week, dag=dag)

for sensor, one in zip(sensors, loads):
    sensor >> one >> checked
checked >> noted >> staged >> [report, weekly]
