import asyncio
import math
import os
import time
from datetime import datetime, timedelta

import aiohttp
import pandas as pd
import pendulum
import psutil
import pyodbc
import requests
import sqlalchemy
from airflow import DAG
from airflow.operators.python import PythonOperator
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from tqdm import tqdm

default_args = {
    "start_date": pendulum.datetime(2024, 3, 1, tz="Europe/Riga"),
    "owner": "desk",
    "retries": 1,
    "retry_delay": timedelta(minutes=7),
}
LOGIN = "DRIVER={ODBC Driver 18 for SQL Server};SERVER=db.internal;UID=desk;PWD=secret;TrustServerCertificate=yes;"
rounds = 0


def connected(name):
    connection = None
    try:
        connection = pyodbc.connect(LOGIN + f"DATABASE={name};", autocommit=True)
    except Exception as error:
        print(error)
    return connection


def read_codes(ti):
    with open("data/codes.txt") as file:
        codes = [line.strip() for line in file]
    ti.xcom_push(key="codes", value=codes)


async def pages_of(code, gate):
    async with gate:
        async with aiohttp.ClientSession() as session:
            pages = []
            try:
                async with session.get(f"https://ticks.example/v1/{code}?page=0&size=100") as answer:
                    if answer.status == 200:
                        told = await answer.json()
                        for page in range(told["total"] // 100 + 1):
                            pages.append(f"https://ticks.example/v1/{code}?page={page}&size=100")
            except Exception:
                pass
            return pages


async def ticks_of(pages, gate):
    async with gate:
        async with aiohttp.ClientSession() as session:
            rows = pd.DataFrame()
            for page in pages:
                async with session.get(page) as answer:
                    if answer.status == 200:
                        told = await answer.json()
                        rows = pd.concat([rows, pd.json_normalize(told["data"])], ignore_index=True)
            return rows


async def crawled(codes):
    global rounds
    name = "ticks_" + datetime.now().strftime("%Y_%m_%d")
    cursor = connected("master").cursor()
    cursor.execute(f"CREATE DATABASE [{name}]")
    gate = asyncio.Semaphore(24)
    os.makedirs(f"/data/{name}", exist_ok=True)
    started = time.time()
    for part in tqdm(range(math.ceil(len(codes) / 40))):
        some = codes[part * 40 : (part + 1) * 40]
        pages = await asyncio.gather(*[pages_of(code, gate) for code in some])
        frames = await asyncio.gather(*[ticks_of(one, gate) for one in pages])
        for at in tqdm(range(len(frames))):
            if len(frames[at]) == 0:
                continue
            engine = sqlalchemy.create_engine("mssql+pyodbc:///?odbc_connect={}".format(LOGIN))
            frames[at].to_sql(f"ticks_{some[at]}", engine, if_exists="replace", index=False)
            file = f"/data/{name}/{some[at]}.csv"
            frames[at].to_csv(file, index=False)
            hook = S3Hook(aws_conn_id="lake")
            hook.load_file(filename=file, key=f"{name}/{some[at]}.csv", bucket_name="ticks", replace=True)
        rounds = rounds + 1
    print(time.time() - started)


def run(ti):
    codes = ti.xcom_pull(task_ids="read_codes", key="codes")
    asyncio.run(crawled(codes[:12]))


with DAG(default_args=default_args, dag_id="ticks", schedule_interval="5 16 * * *") as dag:
    first = PythonOperator(task_id="read_codes", python_callable=read_codes)
    second = PythonOperator(task_id="run", python_callable=run)
    first >> second
