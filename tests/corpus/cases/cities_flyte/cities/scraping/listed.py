"""Which cities there are, as Wikidata has them."""

import json
from typing import Any

import pandas as pd
import requests

ENDPOINT = "https://query.wikidata.org/sparql"
QUERY = "SELECT ?cityLabel ?stateLabel WHERE { ?city wdt:P31 wd:Q3184121; wdt:P131 ?state. }"


def as_frame(given: object, **others) -> pd.DataFrame:
    frame = pd.DataFrame(given)
    if others.get("with_id"):
        frame["city_id"] = [row + 1 for row in range(frame.shape[0])]
    return frame


def cities(keep: callable, *others, **named) -> Any:
    answer = requests.get(ENDPOINT, params={"query": QUERY, "format": "json"}, stream=True)
    rows = json.loads(answer.text)["results"]["bindings"]
    found = sorted(
        [{"city": one.get("cityLabel", {}).get("value"), "title": one.get("title", {}).get("value")} for one in rows],
        key=lambda one: one["city"],
    )
    return keep(found, *others, **named)
