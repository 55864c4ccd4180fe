from platform import node, platform

import pandas as pd
import requests
from prefect import flow, get_run_logger, task


@task(name="Moods of the news")
def moods(start: str = "20240301T0000", end: str = "20240302T0000", key: str = "") -> pd.DataFrame:
    log = get_run_logger()
    address = "https://news.example.org/query"
    log.info("asking %s", address)
    answer = requests.get(address, params={"from": start, "to": end, "key": key, "topic": "coins"}, timeout=8)
    if answer.status_code != 200:
        log.info("no answer: %s", answer.status_code)
        return None
    rows = [
        {
            "title": article["title"],
            "at": pd.to_datetime(article["at"]),
            "source": article["source"],
            "weight": next((one["weight"] for one in article["topics"] if one["topic"] == "coins"), None),
            "mood": article["mood"],
        }
        for article in answer.json()["articles"]
    ]
    return pd.DataFrame(rows)


@flow(name="Moods", log_prints=True)
def extract() -> None:
    print(f"on {node()}, {platform()}")
    found = moods()
    print(found.head())


if __name__ == "__main__":
    extract()
