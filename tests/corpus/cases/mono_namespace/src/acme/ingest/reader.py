from __future__ import annotations

from typing import TYPE_CHECKING

from acme.common.clock import now
from acme.common.retry import retrying

from ._http import session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import Session


class Reader:
    url = "https://example.org/feed"

    def __init__(self, http: Session | None = None) -> None:
        self.http = http or session()

    @retrying
    def page(self, number: int) -> dict:
        return self.http.get(self.url, params={"page": number}).json()

    def pages(self) -> Iterator[dict]:
        number = 1
        while page := self.page(number):
            yield {**page, "at": now().isoformat()}
            number += 1


class FileReader(Reader):
    def __init__(self, path: str) -> None:
        self.path = path

    def page(self, number: int) -> dict:
        import ijson

        with open(self.path, "rb") as file:
            return next(ijson.items(file, f"pages.{number}"), {})


def first(reader: Reader) -> dict:
    return next(reader.pages())
