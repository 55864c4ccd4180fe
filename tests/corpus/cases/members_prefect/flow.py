"""Members of a club, from its service to ClickHouse: kept raw, checked, cleaned, loaded, checked again."""

import json
import uuid

import boto3
import clickhouse_connect
import great_expectations as gx
import httpx
import pandas as pd
from prefect import flow, get_run_logger, task
from prefect.variables import Variable


@task(retries=4, retry_delay_seconds=3)
def extract():
    log = get_run_logger()
    answer = httpx.get("https://club.example.org/members")
    answer.raise_for_status()
    members = answer.json()
    log.info(f"{len(members)} members")
    return members


@task
def keep_raw(members):
    log = get_run_logger()
    bucket = Variable.get("raw_bucket", default="raw")
    client = boto3.client(
        "s3",
        endpoint_url=Variable.get("store_endpoint", default="http://localhost:9000"),
        aws_access_key_id=Variable.get("store_key", default=""),
        aws_secret_access_key=Variable.get("store_secret", default=""),
    )
    key = f"members/{uuid.uuid4().hex}.json"
    client.put_object(Bucket=bucket, Key=key, Body=json.dumps(members))
    log.info(f"kept as {key}")
    return key


@task
def check_shape(members):
    log = get_run_logger()
    frame = pd.DataFrame(members)
    context = gx.get_context()
    source = context.sources.add_or_update_pandas("raw")
    asset = source.add_dataframe_asset("members")
    request = asset.build_batch_request(dataframe=frame)
    context.add_or_update_expectation_suite("shape")
    validator = context.get_validator(batch_request=request, expectation_suite_name="shape")
    for column in ("id", "name", "email", "team"):
        validator.expect_column_to_exist(column)
    validator.expect_column_values_to_be_of_type("id", "int64")
    results = validator.validate()
    log.info(f"shape: {results['success']}")
    return {"passed": results["success"], "report": results.to_json_dict()}


@task
def clean(members):
    log = get_run_logger()
    rows = []
    for member in members:
        rows.append(
            {
                "id": member["id"],
                "name": member["name"].strip(),
                "email": member["email"].lower(),
                "team": member["team"]["name"],
            }
        )
    log.info(f"{len(rows)} cleaned")
    return rows


@task
def stage(rows):
    log = get_run_logger()
    client = clickhouse_connect.get_client(
        host=Variable.get("clickhouse_host", default="localhost"), port=8123, username="club", password="club"
    )
    client.command("CREATE TABLE IF NOT EXISTS members_new (id Int32, name String, email String, team String) ENGINE = MergeTree ORDER BY id")
    columns = ["id", "name", "email", "team"]
    values = [[row[column] for column in columns] for row in rows]
    client.insert(table="members_new", data=values, column_names=columns)
    client.close()
    log.info("staged")


@task
def check_values(rows):
    log = get_run_logger()
    frame = pd.DataFrame(rows)
    context = gx.get_context()
    asset = context.sources.add_or_update_pandas("clean").add_dataframe_asset("members")
    request = asset.build_batch_request(dataframe=frame)
    validator = context.get_validator(batch_request=request, expectation_suite_name="values")
    validator.expect_column_values_to_not_be_null("email")
    validator.expect_column_values_to_be_unique("id")
    results = validator.validate()
    log.info(f"values: {results['success']}")
    return {"passed": results["success"], "report": results.to_json_dict()}


@task
def merge():
    log = get_run_logger()
    client = clickhouse_connect.get_client(
        host=Variable.get("clickhouse_host", default="localhost"), port=8123, username="club", password="club"
    )
    client.command("INSERT INTO members SELECT * FROM members_new")
    client.close()
    log.info("merged")


@task
def tell(text: str, weight: str = "INFO"):
    log = get_run_logger()
    color = {"BAD": "#cc0000", "INFO": "#2e8b57"}.get(weight, "#2e8b57")
    hook = Variable.get("hook", default="")
    if not hook:
        log.info(f"nobody to tell: {text}")
        return
    try:
        httpx.post(hook, json={"attachments": [{"color": color, "text": text}]}, timeout=8)
    except Exception as error:
        log.warning(f"not told: {error}")


@flow(name="Members")
def members():
    raw = extract.submit()
    kept = keep_raw.submit(raw)
    shape = check_shape.submit(raw, wait_for=[kept])
    rows = clean.submit(raw, wait_for=[shape])
    staged = stage.submit(rows)
    values = check_values.submit(rows, wait_for=[staged])
    merged = merge.submit(wait_for=[values])
    tell.submit("members are loaded", "INFO", wait_for=[merged])


if __name__ == "__main__":
    members()
