import csv
import io

import dlt

from ingest import http

FIRST = 1990


@dlt.resource(write_disposition="replace")
def co2():
    yield from csv.DictReader(io.StringIO(http.text("co2", "https://example.org/co2.csv")))


def window(years, state):
    if years is not None:
        return years
    last = state.get("last", FIRST)
    return max(FIRST, last - 5), 2100


@dlt.resource(write_disposition="merge", primary_key=["country", "year"])
def indicators(years=None, year=dlt.sources.incremental("year", initial_value=FIRST)):
    low, high = window(years, {"last": year.last_value})
    for row in http.pages("https://api.example.org/v2", date=f"{low}:{high}"):
        yield {"country": row["iso"], "year": int(row["date"]), "value": row["value"]}
