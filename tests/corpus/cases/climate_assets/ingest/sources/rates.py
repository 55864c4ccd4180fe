import datetime as dt

import dlt

from ingest import http


def flat(answer):
    return [
        {"day": day, "currency": currency, "rate": rate}
        for day, rates in answer["rates"].items()
        for currency, rate in rates.items()
    ]


@dlt.resource(primary_key=["day", "currency"], write_disposition="merge")
def fx_rates(day=dlt.sources.incremental("day")):
    since = dt.date.fromisoformat(day.last_value or "1999-01-04") - dt.timedelta(days=10)
    yield flat(http.asked(f"https://rates.example/{since}..").json())
