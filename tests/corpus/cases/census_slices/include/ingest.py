from __future__ import annotations

import io
import uuid

import httpx
import polars as pl
import psycopg2
from tenacity import retry, stop_after_attempt, wait_exponential
from utilities.database import Factory

from include.config import CONFIG


def connection():
    return psycopg2.connect(**Factory.auto("POSTGRES").arguments())


def variables(year: int) -> list[str]:
    with connection() as conn, conn.cursor() as cursor:
        cursor.execute("select name from variables where year = %s and topic = any(%s)", (year, list(CONFIG.tables)))
        return [row[0] for row in cursor.fetchall()]


def parts(names: list[str], size: int):
    for start in range(0, len(names), size):
        yield names[start : start + size]


def place(level: str, state: str | None = None) -> dict[str, str]:
    if level == "county" and state is None:
        raise ValueError("a county needs its state")
    return {"for": f"{level}:*", "in": f"state:{state}"} if state else {"for": f"{level}:*"}


@retry(reraise=True, stop=stop_after_attempt(5), wait=wait_exponential(min=2, max=60))
def fetch(year: int, names: list[str], level: str) -> list[list[str]]:
    with httpx.Client(timeout=60) as client:
        answer = client.get(f"https://census.example.org/{year}", params={"get": ",".join(names), **place(level)})
        answer.raise_for_status()
        return answer.json()


def tidy(raw: list[list[str]], year: int, batch: uuid.UUID) -> pl.DataFrame:
    frame = pl.DataFrame(raw[1:], schema=raw[0], orient="row")
    return frame.unpivot(index="state").with_columns(year=pl.lit(year), batch=pl.lit(str(batch)))


def load(frame: pl.DataFrame, year: int) -> int:
    if frame.is_empty():
        return 0
    text = io.StringIO()
    frame.write_csv(text, include_header=False)
    text.seek(0)
    conn = connection()
    try:
        cursor = conn.cursor()
        cursor.execute("delete from long where year = %s", (year,))
        cursor.copy_expert("copy long from stdin with (format csv)", text)
        conn.commit()
        return cursor.rowcount
    finally:
        conn.close()


def ingest(year: int, level: str) -> int:
    batch = uuid.uuid4()
    frames = [tidy(fetch(year, some, level), year, batch) for some in parts(variables(year), 50)]
    return load(pl.concat(frames, how="vertical_relaxed"), year) if frames else 0
