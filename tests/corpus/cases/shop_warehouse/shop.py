import pandas as pd
import requests


class Shop:
    root = "https://services.example.org/shop"

    def __init__(self, timeout=30):
        self.http = requests.Session()
        self.timeout = timeout

    def rows(self, name):
        url = f"{self.root}/{name}"
        while url:
            body = self.http.get(url, timeout=self.timeout).json()
            yield from body["value"]
            url = body.get("next")

    def read(self, name):
        return pd.DataFrame(self.rows(name))
