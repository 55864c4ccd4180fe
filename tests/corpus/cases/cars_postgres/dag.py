"""Offers of cars from all regions into Postgres, twice a day."""

import concurrent.futures
import csv
import logging
import time
from datetime import datetime, timedelta
from io import StringIO
from threading import Lock
from typing import Any, Dict, List

import psycopg2.extras
import requests
from airflow import DAG
from airflow.operators.python import PythonOperator
from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.providers.postgres.operators.postgres import PostgresOperator

REGIONS = ["1", "2", "3", "7"]
SIZE = 150
TRIES = 4
PAUSE = 2

lock = Lock()
last = time.time()


def wait():
    global last
    with lock:
        since = time.time() - last
        if since < PAUSE:
            time.sleep(PAUSE - since)
        last = time.time()


def fetch(region: str, offset: int) -> Dict[str, Any]:
    pause = 8
    for number in range(TRIES):
        try:
            wait()
            answer = requests.get("https://cars.example.org/v1/search", params={"from": offset, "region": region})
            if answer.status_code == 429:
                time.sleep(int(answer.headers.get("Retry-After", pause)))
                continue
            answer.raise_for_status()
            return answer.json()
        except requests.RequestException as error:
            if number == TRIES - 1:
                raise
            pause = min(pause * 2, 40)
            logging.warning(f"{error}, again in {pause} seconds")
            time.sleep(pause)
    raise Exception(f"no answer for region {region}")


def fetch_all(regions: List[str]) -> List[Dict[str, Any]]:
    offers = []
    seen = set()
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        waiting = {pool.submit(fetch_region, region): region for region in regions}
        for one in concurrent.futures.as_completed(waiting):
            try:
                new = [offer for offer in one.result() if offer["id"] not in seen]
                seen.update(offer["id"] for offer in new)
                offers.extend(new)
            except Exception as error:
                logging.error(f"{waiting[one]}: {error}")
    return offers


def plain(offer: Dict[str, Any]) -> Dict[str, Any]:
    about = offer["attributes"]
    return {"id": offer["id"], "title": about.get("subject", ""), "price": about.get("price", 0), "year": about.get("year", "")}


def fetch_region(region: str) -> List[Dict[str, Any]]:
    offers = []
    while len(offers) < 3000:
        page = fetch(region, len(offers))["data"]
        if not page:
            break
        offers.extend([plain(offer) for offer in page])
        if len(page) < SIZE:
            break
    return offers


def collect(**context):
    offers = fetch_all(REGIONS)
    context["task_instance"].xcom_push(key="offers", value=offers)
    return len(offers)


def insert(**context):
    offers = context["task_instance"].xcom_pull(key="offers", task_ids="collect")
    if not offers:
        raise ValueError("no offers")
    hook = PostgresHook(postgres_conn_id="cars")
    connection = hook.get_conn()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE new_offers (id BIGINT, title TEXT, price NUMERIC, year TEXT) ON COMMIT DROP")
        lines = StringIO()
        writer = csv.writer(lines, delimiter="\t")
        for offer in offers:
            writer.writerow([offer["id"], offer["title"], offer["price"], offer["year"]])
        lines.seek(0)
        cursor.copy_expert("COPY new_offers FROM STDIN WITH CSV DELIMITER E'\t'", lines)
        cursor.execute("INSERT INTO offers SELECT DISTINCT ON (id) * FROM new_offers ON CONFLICT (id) DO NOTHING")
    connection.commit()


dag = DAG(
    "cars",
    default_args={"owner": "cars", "start_date": datetime(2024, 2, 1), "retries": 1, "retry_delay": timedelta(minutes=3)},
    schedule_interval=timedelta(hours=12),
    catchup=False,
)

create = PostgresOperator(
    task_id="create",
    postgres_conn_id="cars",
    sql="CREATE TABLE IF NOT EXISTS offers (id BIGINT UNIQUE, title TEXT, price NUMERIC, year TEXT)",
    dag=dag,
)
collect_task = PythonOperator(task_id="collect", python_callable=collect, dag=dag)
insert_task = PythonOperator(task_id="insert", python_callable=insert, dag=dag)

collect_task >> create >> insert_task
