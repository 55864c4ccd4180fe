from typing import Optional

import dagster as dg
import requests
from bs4 import BeautifulSoup
from langchain_core.documents import Document


class Site(dg.ConfigurableResource):
    sitemap: str
    headers: dict = {"User-Agent": "docs-reader"}

    def addresses(self) -> list[str]:
        soup = BeautifulSoup(requests.get(self.sitemap, headers=self.headers).content, "xml")
        return sorted({loc.text.strip() for loc in soup.find_all("loc")})

    def page(self, url: str) -> Optional[Document]:
        log = dg.get_dagster_logger()
        answer = requests.get(url, headers=self.headers)
        if not answer.ok:
            log.info(f"no page at {url}")
            return None
        soup = BeautifulSoup(answer.text, "html.parser")
        for part in soup(["script", "nav"]):
            part.decompose()
        return Document(page_content="\n".join(soup.stripped_strings), metadata={"source": url})


site = Site(sitemap="https://docs.example.org/sitemap.xml")
