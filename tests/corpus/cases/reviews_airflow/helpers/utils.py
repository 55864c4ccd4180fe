import json

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk import Variable
from elasticsearch import Elasticsearch


def elastic(connection):
    return Elasticsearch(hosts=[f"https://{connection.host}:{connection.port}"], api_key=connection.password)


def put(key, rows):
    S3Hook(aws_conn_id="s3").load_string(json.dumps(rows), key, bucket_name=Variable.get("bucket"), replace=True)


def got(key):
    return json.loads(S3Hook(aws_conn_id="s3").read_key(key, bucket_name=Variable.get("bucket")))
