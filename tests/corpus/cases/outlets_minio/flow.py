import io
from datetime import datetime

import pandas as pd
from prefect import flow, get_run_logger, task
from prefect.blocks.system import JSON, String
from prefect_aws.s3 import S3Bucket
from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector, SyncDriver


def connector():
    return SqlAlchemyConnector(
        connection_info=ConnectionComponents(
            driver=SyncDriver.POSTGRESQL_PSYCOPG2, username="shop", host="db", database="shop"
        )
    )


@task
def blocks():
    get_run_logger().info("blocks")
    return String.load("name"), JSON.load("settings"), SqlAlchemyConnector.load("db"), S3Bucket.load("minio")


@task
def extract(db: SqlAlchemyConnector) -> pd.DataFrame:
    with db.get_connection(begin=False) as connection:
        return pd.read_sql("SELECT * FROM outlets", con=connection)


@task
def transform(frame: pd.DataFrame) -> pd.DataFrame:
    frame.columns = [one.lower() for one in frame.columns]
    return frame


@task
def as_csv(frame: pd.DataFrame) -> tuple[io.BytesIO, str]:
    buffer = io.BytesIO()
    frame.to_csv(buffer, index=False)
    buffer.seek(0)
    return buffer, f"outlets_{datetime.now():%Y}.csv"


@task
def as_parquet(frame: pd.DataFrame) -> bytes:
    return frame.to_parquet()


@task
def upload(bucket: S3Bucket, buffer: io.BytesIO, key: str):
    bucket.upload_from_file_object(buffer, to_path=key)


@flow(name="outlets")
def outlets():
    name, settings, db, bucket = blocks()
    get_run_logger().info(f"{name.value} {settings.value}")
    buffer, key = as_csv(transform(extract(db)))
    upload(bucket, buffer, key)


if __name__ == "__main__":
    outlets()
