import base64
import io
import json
import logging
import os
from datetime import datetime, timezone

import functions_framework
import google.auth
import google.cloud.logging
import gspread
import pandas as pd
import pandas_gbq
from google.api_core.exceptions import NotFound
from google.cloud import bigquery, pubsub_v1, storage
from google.cloud.secretmanager import SecretManagerServiceClient
from google.oauth2 import service_account

google.cloud.logging.Client().setup_logging()

PROJECT = os.environ.get("GCP_PROJECT", "sheets")
bq = bigquery.Client(project=PROJECT)


def secret(name):
    path = f"projects/{PROJECT}/secrets/{name}/versions/latest"
    answer = SecretManagerServiceClient().access_secret_version(request={"name": path})
    return json.loads(answer.payload.data.decode())


def credentials(info):
    return service_account.Credentials.from_service_account_info(info)


def sheet(key, keys):
    rows = gspread.authorize(keys).open_by_key(key).sheet1.get_all_records()
    return pd.DataFrame(rows).astype(str)


def stamped(frame):
    return frame.assign(loaded=datetime.now(timezone.utc))


def ensure(dataset, table, schema):
    try:
        return bq.get_table(f"{dataset}.{table}")
    except NotFound:
        return bq.create_table(bigquery.Table(f"{PROJECT}.{dataset}.{table}", schema=schema))


def load(frame, where):
    job = bq.load_table_from_dataframe(frame, where)
    return job.result().output_rows


def load_rows(rows, where):
    faults = bq.insert_rows_json(where, rows)
    if faults:
        logging.error("not loaded: %s", faults)


def query(text):
    return bq.query(text).to_dataframe()


def append(frame, where):
    frame.to_gbq(where, PROJECT, if_exists="append")


def by_gbq(text):
    return pandas_gbq.read_gbq(text, project_id=PROJECT)


def blob(bucket, name):
    data = storage.Client().bucket(bucket).blob(name).download_as_bytes()
    return pd.read_csv(io.BytesIO(data))


def straight(name):
    return pd.read_csv(f"gs://sheets-raw/{name}.csv")


def upload(bucket, name, text):
    storage.Client().bucket(bucket).blob(name).upload_from_string(text)


def announce(rows):
    publisher = pubsub_v1.PublisherClient()
    publisher.publish(publisher.topic_path(PROJECT, "loaded"), str(rows).encode())


def whoami():
    return google.auth.default()[1]


def decoded(event):
    return json.loads(base64.b64decode(event["data"]))


@functions_framework.http
def on_request(request):
    keys = credentials(secret("sheets"))
    frame = stamped(sheet(request.args["key"], keys))
    append(frame, "raw.sheet")
    announce(load(frame, "raw.copy"))
    return "ok"


@functions_framework.cloud_event
def on_event(event):
    load_rows([decoded(event.data)], "raw.events")
