import hashlib
from pathlib import Path

import requests
from bs4 import BeautifulSoup

FOLDER = Path("pages")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def fetched(address: str) -> Path:
    answer = requests.get(address, timeout=30)
    answer.raise_for_status()
    path = FOLDER / f"{digest(address)}.html"
    path.write_text(answer.text)
    return path


def links(path: Path) -> list[str]:
    soup = BeautifulSoup(path.read_text(), "lxml")
    return [a["href"] for a in soup.select("main a[href]")]
