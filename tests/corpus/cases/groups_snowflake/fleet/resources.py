import os

import boto3
from dagster import resource
from dagster_snowflake import SnowflakeResource


@resource
def s3_client(_):
    return boto3.client("s3", region_name=os.environ.get("REGION", "eu-west-1"))


warehouse = SnowflakeResource(
    account=os.environ.get("SNOW_ACCOUNT", "acme"),
    user=os.environ.get("SNOW_USER", "loader"),
    password=os.environ.get("SNOW_PASSWORD", ""),
    database="FLEET",
)
