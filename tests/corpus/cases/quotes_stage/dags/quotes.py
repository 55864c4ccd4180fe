import glob
import os
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.python import PythonOperator
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook

BUCKET = "quotes"
OLD = "old/"
LOCAL = "/tmp/quotes"
TABLE = "quotes_raw"


def new_keys(hook):
    return [one for one in hook.list_keys(bucket_name=BUCKET, prefix="") if not one.startswith(OLD)][:1000]


def put_in_stage(**context):
    bucket = S3Hook(aws_conn_id="minio")
    warehouse = SnowflakeHook(snowflake_conn_id="warehouse")
    keys = new_keys(bucket)
    if not keys:
        return False
    os.makedirs(LOCAL, exist_ok=True)
    paths = [bucket.download_file(key=one, bucket_name=BUCKET, local_path=LOCAL, preserve_file_name=True) for one in keys]
    warehouse.run(f"put file://{LOCAL}/*.json @%{TABLE} overwrite = true")
    for key in keys:
        bucket.copy_object(key, f"{OLD}{os.path.basename(key)}", BUCKET, BUCKET)
    removed(paths)
    return True


def removed(paths):
    for path in paths or glob.glob(f"{LOCAL}/*"):
        if os.path.exists(path):
            os.remove(path)


def counted(**context):
    table = SnowflakeHook(snowflake_conn_id="warehouse").get_pandas_df(f"select day, count(*) as n from {TABLE} group by 1")
    table.to_parquet("/tmp/counts.parquet")
    S3Hook(aws_conn_id="minio").load_file("/tmp/counts.parquet", key="counts.parquet", bucket_name=BUCKET, replace=True)


with DAG("quotes", default_args={"retry_delay": timedelta(minutes=1)}, start_date=datetime(2025, 9, 9), schedule="*/5 * * * *") as dag:
    moved = PythonOperator(task_id="moved", python_callable=put_in_stage)
    copied = SQLExecuteQueryOperator(task_id="copied", conn_id="warehouse", sql=f"copy into {TABLE} from @%{TABLE}")
    told = PythonOperator(task_id="told", python_callable=counted)
    moved >> copied >> told
