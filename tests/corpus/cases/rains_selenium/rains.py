import datetime
import glob
import os
import tempfile
import time
from datetime import date, timedelta

import mysql.connector
import pandas as pd
from google.cloud import bigquery
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as EC
from selenium.webdriver.support.ui import WebDriverWait

FOLDER = "data"
MYSQL = {"host": "db", "user": "rains", "database": "rains"}
TABLE = "weather.rains"


def halves(begin: date, end: date):
    at = begin
    while at <= end:
        until = min(at + timedelta(days=182), end)
        yield at, until
        at = until + timedelta(days=1)


def driver(headless=True):
    options = webdriver.ChromeOptions()
    if headless:
        options.add_argument("--headless")
    options.add_argument(f"--user-data-dir={tempfile.mkdtemp()}")
    return webdriver.Chrome(options=options)


def downloaded(station, begin, end):
    browser = driver()
    wait = WebDriverWait(browser, 20)
    try:
        browser.get("https://rains.example.org")

        def set_date(css, value):
            field = wait.until(EC.element_to_be_clickable((By.CSS_SELECTOR, css)))
            browser.execute_script("arguments[0].value = arguments[1]", field, value)

        set_date("#from", begin.isoformat())
        set_date("#to", end.isoformat())
        button = wait.until(EC.element_to_be_clickable((By.ID, "download")))
        ActionChains(browser).move_to_element(button).perform()
        button.click()
        time.sleep(5)
    finally:
        browser.quit()
    newest = sorted(glob.glob(os.path.join(FOLDER, "*.csv")), key=os.path.getctime)[-1]
    os.rename(newest, os.path.join(FOLDER, f"{station}_{begin:%Y%m%d}.csv"))
    return True


def known(cursor, station, days):
    cursor.execute("SELECT at FROM rains WHERE station = %s", [station])
    return {row[0] for row in cursor.fetchall()} & set(days)


def processed(path):
    station = os.path.basename(path).split("_")[0]
    frame = pd.read_csv(path, sep=";", dtype=str)
    frame["at"] = pd.to_datetime(frame["day"] + " " + frame["hour"], format="%d/%m/%Y %H%M")
    connection = mysql.connector.connect(**MYSQL)
    cursor = connection.cursor()
    there = known(cursor, station, frame["at"].dt.strftime("%Y-%m-%d").tolist())
    rows = [{"station": station, "at": row["at"].to_pydatetime()} for _, row in frame.iterrows() if row["at"] not in there]
    cursor.executemany("INSERT INTO rains VALUES (%(station)s, %(at)s)", rows)
    cursor.close()
    connection.close()
    bigquery.Client().load_table_from_dataframe(
        pd.DataFrame(rows), TABLE, job_config=bigquery.LoadJobConfig(write_disposition="WRITE_APPEND")
    ).result()
    return len(rows)


def collect(station, begin):
    done = False
    for one, other in halves(begin, date.today()):
        done |= downloaded(station, one, other)
    if done:
        for path in glob.glob(os.path.join(FOLDER, f"{station}_*.csv")):
            processed(path)


def totals():
    rows = bigquery.Client().query(f"SELECT station, SUM(rain) AS rain FROM {TABLE} GROUP BY station").result()
    return {row["station"]: row["rain"] for row in rows}


def pause():
    now = datetime.datetime.now()
    time.sleep(((now + timedelta(hours=1)).replace(minute=0) - now).total_seconds())
