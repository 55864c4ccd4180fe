import os

import pandas as pd
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

_session = requests.Session()
_session.mount("https://", HTTPAdapter(max_retries=Retry(total=4, status_forcelist=[429, 500])))


def fetch(symbol, start, end):
    answer = _session.get(
        f"https://api.polygon.io/v2/aggs/ticker/{symbol}/range/1/day/{start}/{end}",
        params={"apiKey": os.environ["POLYGON_KEY"]},
    )
    answer.raise_for_status()
    rows = answer.json().get("results", [])
    prices = pd.DataFrame(rows).rename(columns={"c": "Close", "v": "Volume", "t": "When"})
    prices["When"] = pd.to_datetime(prices["When"], unit="ms", utc=True)
    return prices.set_index("When")
