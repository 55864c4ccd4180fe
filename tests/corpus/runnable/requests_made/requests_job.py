"""A request that is made, never sent."""

import requests

SESSION = requests.Session()
SESSION.headers["User-Agent"] = "ops0-test"


def work():
    made = SESSION.prepare_request(requests.Request("GET", "http://a.test", params={"q": "x y"}))
    return [made.url, made.headers["User-Agent"]]


def broken():
    return SESSION.prepare_request(requests.Request("GET", "no address"))  # HERE
