"""Adds yesterday's weather to a table of BigQuery, as a model wants it."""

import datetime
from io import StringIO

import pandas as pd
import requests
from airflow.decorators import dag, task
from airflow.utils.dates import days_ago
from google.cloud import bigquery

measures = ",".join(
    [
        "weather_code",
        "temperature_2m_max",
        "temperature_2m_mean",
        "sunrise",
        "sunset",
        "precipitation_sum",
        "wind_speed_10m_max",
    ]
)


def daily_csv(lat, lon, start, end):
    if start is None:
        start = "2010-01-01"
    if end is None:
        end = datetime.datetime.now().strftime("%Y-%m-%d")
    answer = requests.get(
        "https://weather.example.org/v1/archive",
        params={"latitude": lat, "longitude": lon, "start_date": start, "end_date": end, "daily": measures},
    )
    if answer.status_code == 200:
        return answer.text
    print(f"no weather: {answer.status_code}")
    return None


def prepared(original):
    frame = original.copy()
    frame = frame.dropna()
    frame["time"] = pd.to_datetime(frame["time"])
    frame["years"] = frame["time"].dt.year - 2010
    frame["day_of_year"] = frame["time"].dt.dayofyear
    for edge in ("sunrise", "sunset"):
        frame[edge] = pd.to_datetime(frame[edge])
        frame[edge] = frame[edge].dt.hour + frame[edge].dt.minute / 60
    wanted = frame[["temperature_2m_mean", "precipitation_sum"]].shift(-1)
    wanted = wanted.dropna()
    frame = frame.iloc[:-1]
    frame.insert(loc=4, column="gusts", value=frame["wind_speed_10m_max"])
    return frame, wanted


default_args = {
    "owner": "sky",
    "retries": 2,
    "retry_delay": datetime.timedelta(minutes=4),
}


@dag(dag_id="sky", default_args=default_args, schedule_interval="@daily", start_date=days_ago(1), catchup=False)
def sky():
    @task
    def extract(lat, lon, place):
        client = bigquery.Client(project=place["project"])
        newest = client.query(f"SELECT * FROM `{place['table']}` ORDER BY time DESC LIMIT 1").to_dataframe()
        since = newest["time"].astype(str)[0]
        columns = newest.columns.tolist()
        text = StringIO(daily_csv(lat, lon, since, None))
        frame = pd.read_csv(text, skiprows=3)
        return {"frame": frame, "columns": columns}

    @task
    def transform(data):
        frame, columns = data["frame"], data["columns"]
        ready, _ = prepared(frame)
        ready.columns = columns
        return ready

    @task()
    def load(ready, place):
        client = bigquery.Client(project=place["project"])
        settings = bigquery.LoadJobConfig(write_disposition="WRITE_APPEND")
        job = client.load_table_from_dataframe(ready, place["table"], job_config=settings)
        job.result()
        print(f"{job.job_id}: {job.output_rows} rows, {job.state}")

    place = {"project": "sky-archive", "table": "sky-archive.weather.daily"}
    data = extract(38.72, -9.14, place)
    load(transform(data), place)


sky_dag = sky()
