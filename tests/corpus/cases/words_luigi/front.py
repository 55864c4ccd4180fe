"""The articles that a newspaper's front page of one day links to."""

import logging

import luigi
import pandas as pd
import requests
from bs4 import BeautifulSoup


class FrontPage(luigi.Task):
    def requires(self):
        return []

    def output(self):
        return luigi.LocalTarget("front.csv")

    def links(self):
        day = "20240611"
        answer = requests.get("https://paper.example.org/front/" + day)
        page = BeautifulSoup(answer.content, "html.parser")
        found = []
        for link in page.find_all("a"):
            address = link.get("href")
            if address is not None and day in address and "front" not in address:
                found.append(address)
        return list(set(found))

    def run(self):
        logging.info("reading the front page")
        with self.output().open("w") as file:
            frame = pd.DataFrame(self.links(), columns=["address"])
            frame.to_csv(file, index=False)
