import logging

import luigi
import requests
from bs4 import BeautifulSoup
from front import FrontPage
from readers import Readers
from scores import Scores
from texts import Texts
from words import Words


class Everything(luigi.Task):
    def requires(self):
        yield Scores()
        yield Words()
        yield FrontPage()
        yield Readers()
        yield Texts()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    luigi.run()
