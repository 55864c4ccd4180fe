import re
from functools import lru_cache

from selectolax.parser import HTMLParser

from common.fetching import client
from common.text import day_of, stripped

BASE = "https://reports.example"
DELAY = 2.0


@lru_cache(maxsize=1)
def _client():
    return client({"User-Agent": "reports"})


def get(url):
    answer = _client().get(url)
    answer.raise_for_status()
    return answer


def listing(start):
    return get(f"{BASE}/list?start={start}").text


def rows_of(page):
    rows = []
    for row in HTMLParser(page).css("table tr"):
        cells = [stripped(cell.html) for cell in row.css("td")]
        link = row.css_first("a")
        if link is not None and len(cells) > 2:
            rows.append({"id": case_id(cells[0]), "url": link.attributes["href"], "day": day_of(cells[1])})
    return rows


def case_id(text):
    found = re.search(r"(\d{1,3})\s*/\s*(\d{4})", text)
    return f"{found[1].zfill(2)}-{found[2]}" if found else ""


def chosen(urls):
    english = [url for url in urls if re.search(r"[-_]en\b", url.lower())]
    return (english or urls or [None])[0]
