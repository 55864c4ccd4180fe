import logging
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime

import requests
from airflow.providers.elasticsearch.hooks.elasticsearch import ElasticsearchPythonHook
from airflow.providers.http.hooks.http import HttpHook
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Connection
from elasticsearch import helpers
from elasticsearch.helpers import BulkIndexError

from helpers.utils import elastic, got, put

INDEX = "products"
FILE = "reviews/reviews.json"


def fetch():
    hook = HttpHook(http_conn_id="reviews", method="GET")
    token = hook.get_connection("reviews").extra_dejson.get("token")
    answer = hook.run(endpoint="/v4/export", headers={"Authorization": f"Bearer {token}"})
    rows = answer.json()["data"]
    put(FILE, rows)
    return len(rows)


def detail(address):
    answer = requests.get(address, timeout=10)
    answer.raise_for_status()
    return answer.json()


def details():
    rows = got(FILE)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(detail, row["address"]) for row in rows]
        put("reviews/details.json", [one.result() for one in as_completed(asked)])


def actions(rows):
    for row in rows:
        yield {"_op_type": "update", "_index": INDEX, "_id": row["id"], "doc": {"rating": row["rating"]}}


def upsert():
    client = elastic(Connection.get("elastic"))
    try:
        helpers.bulk(client, actions(got(FILE)), chunk_size=500)
    except BulkIndexError as error:
        logging.error("%d", len(error.errors))
        raise


def emptied():
    hook = ElasticsearchPythonHook(hosts=["http://elastic:9200"])
    found = hook.search(index=INDEX, query={"query": {"exists": {"field": "rating"}}})
    return found["total"]["value"]


with DAG(dag_id="reviews", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False) as dag:
    fetched = PythonOperator(task_id="fetch", python_callable=fetch)
    detailed = PythonOperator(task_id="details", python_callable=details)
    upserted = PythonOperator(task_id="upsert", python_callable=upsert)
    fetched >> detailed >> upserted
