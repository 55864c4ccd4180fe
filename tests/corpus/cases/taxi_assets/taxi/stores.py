import os

import boto3
import dagster as dg
from dagster_duckdb import DuckDBResource

database = DuckDBResource(database=dg.EnvVar("DUCKDB"))
if os.getenv("DEPLOYED"):
    session = boto3.Session(region_name=os.getenv("REGION"))
    transport = {"client": session.client("s3")}
else:
    transport = {}
