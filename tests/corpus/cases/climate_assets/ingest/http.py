from __future__ import annotations

from dlt.sources.helpers import requests
from tenacity import retry, stop_after_attempt, wait_exponential

from ingest import fixtures


@retry(stop=stop_after_attempt(3), wait=wait_exponential())
def asked(url: str, **params) -> requests.Response:
    answer = requests.get(url, params=params, timeout=60)
    answer.raise_for_status()
    return answer


def text(name: str, url: str) -> str:
    return fixtures.text_of(name) if fixtures.enabled() else asked(url).text


def pages(url: str, **params):
    page = 1
    while True:
        head, rows = asked(url, page=page, **params).json()
        yield from rows or []
        if page >= head["pages"]:
            return
        page += 1
