import io
from datetime import datetime

import pandas as pd
from prefect import flow, get_run_logger, task
from prefect.blocks.system import Secret
from prefect_aws.s3 import S3Bucket
from prefect_sqlalchemy import SqlAlchemyConnector

TABLE = "outlets_daily"
NAME = "outlets_{moment}.csv"


@task
def load_blocks():
    logger = get_run_logger()
    key = Secret.load("key")
    store = SqlAlchemyConnector.load("store")
    bucket = S3Bucket.load("bucket")
    logger.info("blocks are there")
    return key, store, bucket


@task
def extract(store: SqlAlchemyConnector) -> pd.DataFrame:
    logger = get_run_logger()
    try:
        with store.get_connection(begin=False) as connection:
            table = pd.read_sql(f"select * from {TABLE}", con=connection)
    except Exception as error:
        logger.error(f"no rows: {error}")
        raise
    return table


@task
def lower(table: pd.DataFrame) -> pd.DataFrame:
    table.columns = [one.lower() for one in table.columns]
    return table


@task
def as_csv(table) -> tuple[io.BytesIO, str]:
    buffer = io.BytesIO()
    table.to_csv(buffer, index=False)
    buffer.seek(0)
    return buffer, NAME.format(moment=datetime.now().strftime("%Y-%m-%d"))


@task
def upload(bucket: S3Bucket, buffer: io.BytesIO, key: str):
    bucket.upload_from_file_object(buffer, to_path=key)


@task
def told(bucket, key):
    get_run_logger().info(f"{key} of {len(bucket.list_objects())}")


@flow(name="outlets")
def outlets():
    key, store, bucket = load_blocks()
    table = extract(store)
    lowered = lower(table)
    buffer, name = as_csv(lowered)
    upload(bucket, buffer, name)
    told(bucket, name)
    get_run_logger().info(len(key.get()))


if __name__ == "__main__":
    outlets()
