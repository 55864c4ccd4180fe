import datetime as dt
import os
import re
from typing import List, Optional

import pandas as pd
import requests
from bs4 import BeautifulSoup
from dotenv import load_dotenv
from pydantic import BaseModel
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.common.by import By
from sqlalchemy import create_engine, text
from tqdm import tqdm

load_dotenv()

TABLE = "offices"
SITE = os.getenv("OFFICES_SITE", "https://example.org")
HEADERS = {"User-Agent": "Mozilla/5.0"}


class Office(BaseModel):
    title: str
    rent: Optional[float] = None
    rooms: int = 1


def engine_of():
    user, password = os.environ["DB_USER"], os.environ["DB_PASSWORD"]
    return create_engine(f"mysql+pymysql://{user}:{password}@localhost/offices", echo=False)


def soup_of(url):
    answer = requests.get(url, headers=HEADERS, timeout=20)
    return BeautifulSoup(answer.text, "lxml")


def text_in(tag):
    return tag.get_text().strip() if tag else None


def rent_in(words):
    found = re.search(r"(\d+)", words or "")
    return float(found.group(1)) if found else None


def offices_on(page):
    soup = soup_of(f"{SITE}/list?page={page}")
    return [
        Office(title=text_in(card.find("h2")), rent=rent_in(text_in(card.find("b"))))
        for card in soup.select("div.card")
    ]


def first_offices(soup):
    return [text_in(tag) for tag in soup.find_all("h2")]


def rendered(url):
    options = Options()
    options.add_argument("--headless")
    driver = webdriver.Chrome(options=options)
    try:
        driver.get(url)
        return [row.text for row in driver.find_elements(By.TAG_NAME, "tr")]
    finally:
        driver.quit()


def prices_table(url=SITE + "/prices"):
    return pd.read_html(url)[0]


def to_frame(offices: List[Office]):
    frame = pd.DataFrame([office.dict() for office in offices])
    frame["seen"] = dt.date.today()
    return frame


def save(frame, engine):
    frame.drop_duplicates("title").to_sql(TABLE, engine, if_exists="append", index=False)


def known(engine):
    with engine.connect() as connection:
        return {row[0] for row in connection.execute(text(f"select title from {TABLE}"))}


def main(pages=5):
    engine = engine_of()
    offices = []
    for page in tqdm(range(pages)):
        offices += offices_on(page)
    seen = known(engine)
    save(to_frame([office for office in offices if office.title not in seen]), engine)


if __name__ == "__main__":
    print(first_offices(soup_of(SITE)))
    main()
