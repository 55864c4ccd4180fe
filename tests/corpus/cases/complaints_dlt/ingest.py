import argparse
import json
import logging
import os
import time
from datetime import datetime
from pathlib import Path
from typing import Iterator

import dlt
import requests
from dlt.common.configuration.specs import AwsCredentials
from dotenv import load_dotenv

load_dotenv()

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)

WHERE = "https://data.town.example/resource/complaints.json"
SIZE = 20_000
STATE = Path(".state/complaints.json")
COLUMNS = {"id": {"data_type": "text"}, "made": {"data_type": "text"}, "kind": {"data_type": "text"}}


def _state() -> dict:
    if STATE.exists():
        return json.loads(STATE.read_text())
    return {"years": []}


def _keep(state: dict) -> None:
    STATE.parent.mkdir(parents=True, exist_ok=True)
    STATE.write_text(json.dumps(state))


def _asked(params: dict, headers: dict) -> list[dict]:
    last: Exception | None = None
    for again in range(1, 5):
        try:
            answer = requests.get(WHERE, params=params, headers=headers, timeout=60)
            answer.raise_for_status()
            return answer.json()
        except requests.exceptions.RequestException as error:
            last = error
            time.sleep(2**again)
    raise requests.exceptions.RequestException(WHERE) from last


def _headers() -> dict:
    token = os.getenv("TOWN_TOKEN")
    return {"X-App-Token": token} if token else {}


@dlt.resource(name="complaints", primary_key="id", write_disposition="merge", columns=COLUMNS)
def complaints(years: list[int]) -> Iterator[dict]:
    headers = _headers()
    state = _state()
    for year in years:
        if year in state["years"]:
            continue
        last = f"{year}-01-01"
        while True:
            rows = _asked({"$limit": SIZE, "$where": f"made > '{last}' AND made < '{year + 1}-01-01'"}, headers)
            if not rows:
                break
            for row in rows:
                yield row
            last = rows[-1]["made"]
        state["years"].append(year)
        _keep(state)


@dlt.resource(name="complaints", primary_key="id", write_disposition="merge", columns=COLUMNS)
def window(start: str, until: str) -> Iterator[dict]:
    yield from _asked({"$where": f"made >= '{start}' AND made < '{until}'"}, _headers())


def pipeline_of() -> dlt.Pipeline:
    bucket = os.getenv("BUCKET")
    if not bucket:
        raise RuntimeError("no bucket")
    login = AwsCredentials(
        aws_access_key_id=os.getenv("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=os.getenv("AWS_SECRET_ACCESS_KEY"),
        region_name=os.getenv("AWS_DEFAULT_REGION"),
    )
    return dlt.pipeline(
        pipeline_name="complaints",
        destination=dlt.destinations.filesystem(
            bucket_url=f"s3://{bucket}", layout="{table_name}/{load_id}.{file_id}.{ext}", credentials=login
        ),
        dataset_name="raw",
        progress="log",
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--test", action="store_true")
    asked = parser.parse_args()
    pipeline = pipeline_of()
    if asked.test:
        told = pipeline.run(window("2024-01-01", "2024-02-01"), loader_file_format="parquet")
    elif asked.all:
        for year in range(2021, 2026):
            told = pipeline.run(complaints([year]), loader_file_format="parquet")
    else:
        told = pipeline.run(complaints([datetime.now().year]), loader_file_format="parquet")
    logger.info("%s", told)


if __name__ == "__main__":
    main()
