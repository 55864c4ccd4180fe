"""What pages of a wiki say, by its interface."""

import json
import re
from typing import Dict, List

import requests
from bs4 import BeautifulSoup

HEADERS = {"User-Agent": "cities/0.1"}


class Pages(object):
    def __init__(self, wiki: str, language: str):
        self.wiki = wiki
        self.address = f"https://{language}.{wiki}.org/api/rest_v1"
        self.session = requests.Session()
        self.session.headers.update(HEADERS)

    @classmethod
    def cleaned(cls, text: str, tags: List[str] = None) -> List[str]:
        soup = BeautifulSoup(text, "html.parser")
        return [re.sub(r"\[.*?\]|<.*?>", "", str(one)).strip() for one in soup.find_all(tags or ["p", "li"])]

    def pictures(self, page: str) -> List[str]:
        answer = json.loads(self.session.get(f"{self.address}/page/media-list/{page}").text)
        return [f"https:{one['srcset'][0]['src']}" for one in answer.get("items", []) if one["type"] == "image"]

    def raw(self, page: str, summary: bool, sections: List[str] = None) -> Dict[str, str]:
        answer = json.loads(self.session.get(f"{self.address}/page/mobile-sections/{page}").text)
        found = {}
        if summary and "lead" in answer:
            found["summary"] = answer["lead"]["sections"][0]["text"]
        for one in answer.get("remaining", {}).get("sections", []):
            if one.get("line") in (sections or []):
                found[one["line"]] = one.get("text", "")
        return found

    def content(self, page: str, summary: bool, sections: List[str] = None) -> Dict[str, str]:
        found = self.raw(page, summary, sections)
        return {name: "\n".join(self.cleaned(text)) for name, text in found.items()}
