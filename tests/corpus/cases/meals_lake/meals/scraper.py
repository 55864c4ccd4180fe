import argparse
import logging
import re
import time
from datetime import date
from typing import Any, Dict, Optional, Tuple

import requests
from bs4 import BeautifulSoup, Tag
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

logging.basicConfig(level=logging.INFO)


class MealScraper:
    BASE = "https://meals.example"
    LOGIN = f"{BASE}/login"

    def __init__(self, mail: str, password: str):
        self.mail = mail
        self.password = password
        self.session = requests.Session()
        adapter = HTTPAdapter(max_retries=Retry(total=3, backoff_factor=1))
        self.session.mount("https://", adapter)
        self._in = False

    def _payload(self) -> Dict[str, str]:
        try:
            answer = self.session.get(self.LOGIN)
            answer.raise_for_status()
            form = BeautifulSoup(answer.text, "html.parser").find("form")
            if not isinstance(form, Tag):
                raise OSError("no form")
            payload = {tag.get("name"): tag.get("value", "") for tag in form.find_all("input")}
            return {**payload, "mail": self.mail, "password": self.password}
        except requests.RequestException as error:
            logging.error("form: %s", error)
            raise

    def login(self):
        if self._in:
            return
        answer = self.session.post(self.LOGIN, data=self._payload())
        if not BeautifulSoup(answer.text, "html.parser").select_one('a[href*="logout"]'):
            raise PermissionError("not in")
        time.sleep(2)
        self._in = True

    @staticmethod
    def _value(text: str) -> Tuple[Optional[float], Optional[str]]:
        match = re.match(r"^(-?\d+(?:\.\d+)?)(.*)$", text.strip())
        return (float(match[1]), match[2].strip()) if match else (None, text)

    def _meals(self, soup: BeautifulSoup) -> Dict[str, Any]:
        meals = {}
        for name in ("breakfast", "lunch", "dinner"):
            section = soup.select_one(f"#{name}")
            if not isinstance(section, Tag):
                continue
            meals[name] = [self._value(row.text)[0] for row in section.select("tr")]
        return meals

    def of_day(self, day: date) -> Dict[str, Any]:
        if not self._in:
            self.login()
        answer = self.session.get(f"{self.BASE}/days/{day:%Y-%m-%d}")
        return {"day": str(day), "meals": self._meals(BeautifulSoup(answer.text, "html.parser"))}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--day", type=date.fromisoformat, default=date.today())
    args = parser.parse_args()
    print(MealScraper("me@example.org", "secret").of_day(args.day))
