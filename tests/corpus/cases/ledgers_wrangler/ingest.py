import os
from datetime import datetime

import awswrangler as wr
import boto3
import pandas as pd
from dotenv import load_dotenv
from sqlalchemy import create_engine

load_dotenv()

TABLES = {"accounts": "changed", "payments": "paid"}


def ingest(engine, session, bucket, day: str | None = None):
    moment = datetime.strptime(day or datetime.now().strftime("%Y-%m-%d"), "%Y-%m-%d")
    for table in TABLES:
        parts = pd.read_sql_query(f"select * from {table}", con=engine, chunksize=100_000)
        for number, part in enumerate(parts):
            path = f"s3://{bucket}/raw/{table}/{moment:%Y/%m/%d}/part_{number}.parquet"
            wr.s3.to_parquet(df=part, path=path, boto3_session=session)


def loaded(bucket):
    frame = wr.s3.read_excel(f"s3://{bucket}/raw/limits.xlsx")
    wire = wr.redshift.connect("ledgers")
    wr.redshift.to_sql(frame, wire, schema="public", table="limits")
    wr.opensearch.index_df(wr.opensearch.connect(host="search"), df=frame, index="limits")
    return wr.athena.read_sql_query("select * from payments", database="ledgers")


def local():
    engine = create_engine(f"mysql+mysqlconnector://ledger:{os.getenv('WORD')}@localhost/ledger")
    ingest(engine, boto3.Session(profile_name="ledger"), "ledgers", "2024-02-01")


def run_ingest(**context):
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    engine = PostgresHook(postgres_conn_id="ledger").get_sqlalchemy_engine()
    session = S3Hook(aws_conn_id="aws").get_session()
    ingest(engine, session, os.getenv("BUCKET"), context["data_interval_start"].strftime("%Y-%m-%d"))


if __name__ == "__main__":
    local()
