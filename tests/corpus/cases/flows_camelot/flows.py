import asyncio
import os
import re
from datetime import datetime, timedelta
from urllib.parse import urljoin

import camelot
import pandas as pd
import requests
from bs4 import BeautifulSoup
from databases import Database
from dotenv import load_dotenv

load_dotenv("/srv/flows/.env")
DATABASE = os.getenv("DATABASE_URL")
if not DATABASE:
    raise RuntimeError("DATABASE_URL is not set")
database = Database(DATABASE)

PAGE = "https://exchange.example/statistics/investors/index.html"


def plain(link: str) -> str:
    if link.startswith("chrome-extension://"):
        at = link.find("http")
        if at >= 0:
            return link[at:]
    return link


def code_of(link):
    found = re.search(r"(\d{6})\.pdf", link)
    return found.group(1) if found else None


def day_of(code: str) -> datetime.date:
    first = datetime(2000 + int(code[:2]), int(code[2:4]), 1)
    monday = first + timedelta(days=(7 - first.weekday()) % 7)
    return (monday + timedelta(days=(int(code[4:]) - 1) * 7)).date()


async def noted(status, link=None, day=None, tables=None, rows=None, message=None):
    asked = """
    INSERT INTO flow_log (day, status, link, tables, rows, message) VALUES (:day, :status, :link, :tables, :rows, :message)
    ON CONFLICT (day) DO UPDATE SET status = EXCLUDED.status, message = EXCLUDED.message, run_at = NOW()
    """
    values = {"status": status, "link": link, "day": day, "tables": tables, "rows": rows, "message": message}
    await database.execute(asked, values)


async def main():
    await database.connect()
    try:
        answer = requests.get(PAGE)
        answer.raise_for_status()
        soup = BeautifulSoup(answer.text, "html.parser")
        links = [
            urljoin(PAGE, plain(a["href"]))
            for a in soup.find_all("a", href=True)
            if a["href"].lower().endswith(".pdf")
        ]
        dated = [(link, code_of(link)) for link in links]
        dated = [(link, code) for link, code in dated if code]
        if not dated:
            raise ValueError("no files")
        latest = max(dated, key=lambda one: one[1])[0]
        name = "flows.pdf"
        with open(name, "wb") as file:
            file.write(requests.get(latest).content)

        tables = camelot.read_pdf(name, pages="all")
        kinds = {"Individuals": ["individuals"], "Foreigners": ["foreign"], "Funds": ["trusts", "funds"]}
        records = []
        for table in tables:
            frame = table.df.copy()
            frame.columns = [f"col{i}" for i in range(len(frame.columns))]
            for _, row in frame.iterrows():
                first = str(row["col0"]).strip()
                for kind, words in kinds.items():
                    if any(word in first for word in words):
                        bought = 0
                        for column in ["col3", "col6"]:
                            if column in frame.columns:
                                try:
                                    bought = int(str(row[column]).replace(",", ""))
                                except ValueError:
                                    continue
                        records.append({"kind": kind, "bought": bought})
        flows = pd.DataFrame(records).groupby("kind", as_index=False).sum()
        day = day_of(code_of(latest))
        asked = "INSERT INTO flows (day, kind, bought) VALUES (:day, :kind, :bought)"
        for _, row in flows.iterrows():
            await database.execute(query=asked, values={"day": day, "kind": row["kind"], "bought": row["bought"]})
        await noted("success", link=latest, day=day, tables=len(tables), rows=len(flows), message="OK")
    except Exception as error:
        await noted("failed", link=latest if "latest" in locals() else None, message=str(error))
        raise
    finally:
        await database.disconnect()


if __name__ == "__main__":
    asyncio.run(main())
