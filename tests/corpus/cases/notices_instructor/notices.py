import json
import logging
import os
import tempfile
import unicodedata
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import instructor
from dotenv import load_dotenv
from openai import OpenAI
from pydantic import BaseModel, Field, ValidationError

logger = logging.getLogger(__name__)


class Kind(StrEnum):
    BEGUN = "begun"
    ENDED = "ended"


class Notice(BaseModel):
    kind: Kind
    number: str = Field(pattern=r"^\d{7}-\d$")
    day: date
    page: int = Field(ge=1)


class Notices(BaseModel):
    notices: list[Notice]


def normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\x00", "")


def asking() -> instructor.Instructor:
    load_dotenv()
    key = os.getenv("OPENAI_API_KEY", "").strip()
    if not key:
        raise RuntimeError("no key")
    return instructor.from_openai(OpenAI(api_key=key, timeout=60))


def is_dry() -> bool:
    load_dotenv()
    return os.getenv("DRY", "").lower() in {"1", "true"}


def found(client: instructor.Instructor, text: str, page: int) -> list[Notice]:
    text = normal(text)
    if not text.strip():
        return []
    try:
        answer = client.chat.completions.create(
            model="gpt-4o-mini", response_model=Notices, messages=[{"role": "user", "content": f"{page}: {text}"}]
        )
        return answer.notices
    except ValidationError as error:
        logger.warning("%s: %s", page, error)
    return []


def pages_of(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        pages = json.load(file).get("pages", [])
    return pages if isinstance(pages, list) else []


def record(page: dict[str, Any]) -> tuple[int, str] | None:
    try:
        number = int(page.get("number", 0))
    except (TypeError, ValueError):
        number = 0
    return (number, str(page.get("text", ""))) if number else None


def written(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".tmp", delete=False) as file:
        json.dump(rows, file, ensure_ascii=False)
    Path(file.name).replace(path)


def processed(folder: Path = Path("data/pages"), output: Path = Path("data/notices.json")) -> Path:
    dry = is_dry()
    client = None if dry else asking()
    every: list[Notice] = []
    for file in sorted(folder.glob("*.json")):
        for page in pages_of(file):
            one = record(page)
            if one is None or client is None:
                continue
            every.extend(found(client=client, text=one[1], page=one[0]))
    written(output, [one.model_dump(mode="json") for one in every])
    return output


if __name__ == "__main__":
    processed()
